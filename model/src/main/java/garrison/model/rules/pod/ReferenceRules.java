package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.List;
import java.util.Set;

/** References from a container to fields and resources of its own pod (spec: api-server 15.2). */
final class ReferenceRules {
  /** All fields that have a name in v1; which of them may be used depends on the place. */
  private static final Set<String> KNOWN_FIELDS =
      Set.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.serviceAccountName",
          "spec.schedulerName",
          "status.phase",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");

  private static final Set<String> SUBSCRIPTED = Set.of("metadata.annotations", "metadata.labels");

  private static final List<String> RESOURCES =
      List.of(
          "limits.cpu",
          "limits.ephemeral-storage",
          "limits.memory",
          "requests.cpu",
          "requests.ephemeral-storage",
          "requests.memory");

  private static final Set<String> BYTE_DIVISORS =
      Set.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei");

  private static final String BYTE_DIVISORS_WORDS =
      "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported"
          + " with the ";

  private ReferenceRules() {}

  /** A field of the pod; {@code allowed} in the order in which they are named. */
  static void field(At reference, Set<String> allowed, Errors errors) {
    String version = reference.text("apiVersion");
    if (version.isEmpty()) {
      errors.required(reference.child("apiVersion"));
      return;
    }
    At at = reference.child("fieldPath");
    String path = at.text();
    if (path.isEmpty()) {
      errors.required(at);
      return;
    }
    if (!version.equals("v1")) {
      errors.invalid(at, "error converting fieldPath: unsupported pod version: " + version);
      return;
    }
    int bracket = path.indexOf("['");
    if (bracket > 0 && path.endsWith("']")) {
      subscripted(reference, path.substring(0, bracket), path, errors);
    } else if (!path.equals("spec.host") && !KNOWN_FIELDS.contains(path)) {
      errors.invalid(at, "error converting fieldPath: field label not supported: " + path);
    } else {
      String converted = path.equals("spec.host") ? "spec.nodeName" : path;
      if (!allowed.contains(converted)) {
        errors.notSupported(at, converted, allowed);
      }
    }
  }

  private static void subscripted(At reference, String map, String path, Errors errors) {
    if (!SUBSCRIPTED.contains(map)) {
      errors.invalid(
          reference.child("fieldPath"),
          "error converting fieldPath: field label does not support subscript: " + path);
      return;
    }
    String key = path.substring(map.length() + 2, path.length() - 2);
    String checked = map.equals("metadata.annotations") ? Formats.lower(key) : key;
    errors.invalid(reference, checked, Formats.qualifiedName(checked));
  }

  /** A resource of a container; in a volume it must say which container. */
  static void resource(At reference, boolean volume, Errors errors) {
    String resource = reference.text("resource");
    if (volume && reference.text("containerName").isEmpty()) {
      errors.required(reference.child("containerName"));
    } else if (resource.isEmpty()) {
      errors.required(reference.child("resource"));
    } else if (!RESOURCES.contains(resource) && !isHugePages(resource)) {
      errors.notSupported(reference.child("resource"), resource, RESOURCES);
    }
    divisor(reference.child("divisor"), resource, errors);
  }

  private static boolean isHugePages(String resource) {
    return resource.startsWith("requests.hugepages-") || resource.startsWith("limits.hugepages-");
  }

  private static void divisor(At divisor, String resource, Errors errors) {
    if (divisor.text().isEmpty() || Quantity.parse(divisor.text()).signum() == 0) {
      return;
    }
    String of = resource.substring(resource.indexOf('.') + 1);
    if (of.equals("cpu")) {
      if (!Set.of("1m", "1").contains(divisor.text())) {
        errors.invalid(
            divisor,
            resource,
            "only divisor's values 1m and 1 are supported with the cpu resource");
      }
      return;
    }
    String name =
        of.equals("memory")
            ? "memory"
            : of.equals("ephemeral-storage")
                ? "local ephemeral storage"
                : isHugePages(resource) ? "hugepages" : "";
    if (!name.isEmpty() && !BYTE_DIVISORS.contains(divisor.text())) {
      errors.invalid(divisor, resource, BYTE_DIVISORS_WORDS + name + " resource");
    }
  }
}
