package garrison.agent.pod;

import garrison.agent.runtime.SandboxSpec;
import garrison.agent.runtime.SandboxSpec.Group;
import garrison.agent.runtime.SandboxSpec.Namespaces;
import garrison.agent.runtime.SandboxSpec.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** From a pod's spec to the frame that its runtime is told to make (spec: node-agent 1.4, 3.11). */
final class SandboxPlan {

  private SandboxPlan() {}

  /** The whole of it, as the first of its pod. */
  static SandboxSpec of(PodContext context, NodeServices services, SandboxSpec.Dns dns) {
    JsonNode spec = context.spec();
    return new SandboxSpec(
        context.namespace(),
        context.name(),
        context.uid(),
        0,
        texts(context.metadata().path("labels")),
        texts(context.metadata().path("annotations")),
        context.hostNetwork() ? "" : PodHostname.of(context, services.dns().domain()).kernel(),
        ContainerPlan.logDirectory(services, context.namespace(), context.name(), context.uid())
            .toString(),
        dns,
        ports(spec),
        new Namespaces(
            context.hostNetwork(),
            spec.path("hostPID").asBoolean(false),
            spec.path("hostIPC").asBoolean(false),
            spec.path("shareProcessNamespace").asBoolean(false),
            !spec.path("hostUsers").asBoolean(true)),
        new Group(Qos.of(spec).text(), Qos.podLimits(spec)),
        Security.ofSandbox(spec),
        sysctls(spec),
        "");
  }

  private static List<Port> ports(JsonNode spec) {
    List<Port> ports = new ArrayList<>();
    for (String list : List.of("initContainers", "containers")) {
      for (JsonNode container : spec.path(list)) {
        for (JsonNode port : container.path("ports")) {
          ports.add(
              new Port(
                  port.path("protocol").asString("TCP"),
                  port.path("containerPort").asInt(0),
                  port.path("hostPort").asInt(0),
                  port.path("hostIP").asString("")));
        }
      }
    }
    return ports;
  }

  private static Map<String, String> sysctls(JsonNode spec) {
    Map<String, String> sysctls = new LinkedHashMap<>();
    for (JsonNode sysctl : spec.path("securityContext").path("sysctls")) {
      sysctls.put(sysctl.path("name").asString(""), sysctl.path("value").asString(""));
    }
    return sysctls;
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
    return texts;
  }
}
