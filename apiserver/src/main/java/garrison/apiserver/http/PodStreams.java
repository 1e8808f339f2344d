package garrison.apiserver.http;

import garrison.apiserver.resource.Resources;
import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What goes on to a node's agent: the logs of pods (spec: api-server 14). Commands in pods, port
 * forwarding and proxies are refused with what to do instead.
 */
final class PodStreams {
  private static final Set<String> OF_PODS =
      Set.of("log", "exec", "attach", "portforward", "proxy");

  private final Resources resources;
  private final AgentCalls agents;

  PodStreams(Resources resources, AgentCalls agents) {
    this.resources = resources;
    this.agents = agents;
  }

  /** Whether a subresource is one of these. */
  static boolean serves(Kind kind, String subresource) {
    return kind.equals(Kinds.POD)
        ? OF_PODS.contains(subresource)
        : subresource.equals("proxy") || subresource.equals("token");
  }

  Reply handle(Exchange exchange, Kind kind, Target target) {
    if (!kind.equals(Kinds.POD)) {
      throw notServed(kind.plural() + "/" + target.subresource(), "");
    }
    return switch (target.subresource()) {
      case "log" -> log(exchange, target);
      case "exec", "attach", "portforward" -> command(exchange, target);
      default -> throw notServed("pods/proxy", ": call the pod's own address");
    };
  }

  private Reply log(Exchange exchange, Target target) {
    LogOptions options = LogOptions.of(exchange.query(), target.name());
    JsonNode pod = pod(target);
    String container = PodContainers.choose(pod, options.container());
    String node = pod.path("spec").path("nodeName").asString("");
    if (node.isEmpty()) {
      return new BytesReply(204, "", new byte[0], Map.of());
    }
    Stored found = resources.find(Kinds.NODE, "", node);
    if (found == null) {
      throw StatusException.notFound(Kinds.NODE, node);
    }
    String path =
        "/containerLogs/"
            + target.namespace()
            + "/"
            + target.name()
            + "/"
            + container
            + options.query();
    return agents.stream(node, NodeAddress.of(found.document()), path);
  }

  private Reply command(Exchange exchange, Target target) {
    JsonNode pod = pod(target);
    if (!target.subresource().equals("portforward")) {
      PodContainers.choose(pod, exchange.query().text("container"));
    }
    String node = pod.path("spec").path("nodeName").asString("");
    if (node.isEmpty()) {
      throw StatusException.badRequest("pod " + target.name() + " does not have a host assigned");
    }
    if (exchange.header("Upgrade") == null) {
      throw StatusException.badRequest("Upgrade request required");
    }
    throw notServed(
        "pods/" + target.subresource(),
        ": log in to node " + node + ", where the pod's processes run, or use kubectl logs");
  }

  private JsonNode pod(Target target) {
    return resources.get(Kinds.POD, target.namespace(), target.name(), "").document();
  }

  private static StatusException notServed(String what, String instead) {
    return StatusException.badRequest("this version does not serve " + what + " yet" + instead);
  }
}
