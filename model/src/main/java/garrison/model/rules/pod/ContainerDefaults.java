package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.Members;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a container is given where it says nothing (spec: api-server 15.1). Pure, in place. */
final class ContainerDefaults {
  private ContainerDefaults() {}

  static void of(ObjectNode container) {
    Members.text(container, "terminationMessagePath", "/dev/termination-log");
    Members.text(container, "terminationMessagePolicy", "File");
    Members.text(container, "imagePullPolicy", pullPolicy(container.path("image").asString("")));
    roundResources(Members.object(container, "resources"));
    Members.each(container, "ports", port -> Members.text(port, "protocol", "TCP"));
    Members.each(container, "env", ContainerDefaults::environment);
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      Members.with(container, probe, ContainerDefaults::probe);
    }
    Members.with(
        container,
        "lifecycle",
        lifecycle -> {
          Members.with(lifecycle, "postStart", ContainerDefaults::handler);
          Members.with(lifecycle, "preStop", ContainerDefaults::handler);
        });
  }

  /** A moving tag is pulled each time, a fixed one when it is missing. */
  static String pullPolicy(String image) {
    return ImageName.isLatest(image) ? "Always" : "IfNotPresent";
  }

  private static void environment(ObjectNode variable) {
    Members.with(
        variable,
        "valueFrom",
        source -> {
          Members.with(source, "fieldRef", ContainerDefaults::fieldReference);
          Members.with(source, "resourceFieldRef", ContainerDefaults::resourceReference);
          Members.with(source, "fileKeyRef", file -> Members.missingFlag(file, "optional", false));
        });
  }

  static void fieldReference(ObjectNode reference) {
    Members.text(reference, "apiVersion", "v1");
  }

  static void resourceReference(ObjectNode reference) {
    Members.missingText(reference, "divisor", "0");
  }

  private static void probe(ObjectNode probe) {
    Members.number(probe, "timeoutSeconds", 1);
    Members.number(probe, "periodSeconds", 10);
    Members.number(probe, "successThreshold", 1);
    Members.number(probe, "failureThreshold", 3);
    handler(probe);
    Members.with(probe, "grpc", grpc -> Members.missingText(grpc, "service", ""));
  }

  private static void handler(ObjectNode handler) {
    Members.with(
        handler,
        "httpGet",
        get -> {
          Members.text(get, "path", "/");
          Members.text(get, "scheme", "HTTP");
        });
  }

  static void roundResources(ObjectNode resources) {
    Members.with(resources, "limits", ContainerDefaults::round);
    Members.with(resources, "requests", ContainerDefaults::round);
  }

  /** Resources are counted in thousandths; what is finer is rounded up. */
  static void round(ObjectNode quantities) {
    for (Map.Entry<String, JsonNode> entry : List.copyOf(quantities.properties())) {
      if (entry.getValue().isString()) {
        Quantity exact = Quantity.parse(entry.getValue().stringValue());
        Quantity rounded = exact.roundUpToMilli();
        if (exact.compareTo(rounded) != 0) {
          quantities.put(entry.getKey(), rounded.written());
        }
      }
    }
  }

  /** A limit without a request is also the request. */
  static void requestsFromLimits(ObjectNode container) {
    JsonNode limits = container.path("resources").path("limits");
    if (limits.isEmpty()) {
      return;
    }
    ObjectNode requests = Members.object(Members.object(container, "resources"), "requests");
    limits.forEachEntry(
        (name, limit) -> {
          if (Members.absent(requests, name)) {
            requests.set(name, limit);
          }
        });
  }

  /** On the host's network every port is a port of the host. */
  static void hostPorts(ObjectNode container) {
    Members.each(
        container,
        "ports",
        port -> {
          long number = port.path("containerPort").asLong(0);
          if (number != 0) {
            Members.number(port, "hostPort", number);
          }
        });
  }
}
