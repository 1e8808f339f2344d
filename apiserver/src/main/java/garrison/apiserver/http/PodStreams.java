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
 * What goes on to a node's agent: logs of pods, and sessions in them (spec: api-server 14). Port
 * forwarding and proxies are refused with what to do instead.
 */
final class PodStreams {
  private static final Set<String> OF_PODS =
      Set.of("log", "exec", "attach", "portforward", "proxy");

  /** Of a node whose agent speaks v5 of the sessions' protocol. */
  private static final String V5_FEATURE = "ExtendWebSocketsToKubelet";

  private final Resources resources;
  private final AgentCalls agents;

  PodStreams(Resources resources, AgentCalls agents) {
    this.resources = resources;
    this.agents = agents;
  }

  /** Whether a subresource is one of these. */
  static boolean serves(Kind kind, String subresource) {
    return kind.equals(Kinds.POD) ? OF_PODS.contains(subresource) : subresource.equals("proxy");
  }

  Reply handle(Exchange exchange, Kind kind, Target target) {
    if (!kind.equals(Kinds.POD)) {
      throw notServed(kind.plural() + "/" + target.subresource(), "");
    }
    return switch (target.subresource()) {
      case "log" -> log(exchange, target);
      case "exec", "attach" -> session(exchange, target);
      case "portforward" -> portForward(exchange, target);
      default -> throw notServed("pods/proxy", ": call the pod's own address");
    };
  }

  private Reply log(Exchange exchange, Target target) {
    LogOptions options = LogOptions.of(exchange.query(), target.name());
    JsonNode pod = pod(target);
    String container = PodContainers.choose(pod, options.container());
    String name = nodeName(pod);
    if (name.isEmpty()) {
      return new BytesReply(204, "", new byte[0], Map.of());
    }
    return agents.stream(
        name,
        NodeAddress.of(node(name)),
        path("containerLogs", target, container) + options.query());
  }

  private Reply session(Exchange exchange, Target target) {
    JsonNode pod = pod(target);
    String container = PodContainers.choose(pod, exchange.query().text("container"));
    String name = bound(pod, target);
    SessionOptions options =
        SessionOptions.of(exchange.query(), target.subresource().equals("exec"));
    if (exchange.header("Upgrade") == null) {
      throw StatusException.badRequest("Upgrade request required");
    }
    if (!exchange.upgrades()) {
      throw StatusException.badRequest(
          "pods/"
              + target.subresource()
              + " is served over WebSocket only: use kubectl 1.31 or newer, or another client that"
              + " speaks "
              + SessionOptions.V5);
    }
    JsonNode node = node(name);
    return agents.session(
        name,
        NodeAddress.of(node),
        path(target.subresource(), target, container) + options.query(),
        SessionOptions.protocol(exchange.header("Sec-WebSocket-Protocol")),
        speaksV5(node) ? SessionOptions.V5 : SessionOptions.V4);
  }

  private static boolean speaksV5(JsonNode node) {
    return node.path("status")
        .path("declaredFeatures")
        .valueStream()
        .anyMatch(feature -> feature.asString("").equals(V5_FEATURE));
  }

  private Reply portForward(Exchange exchange, Target target) {
    JsonNode pod = pod(target);
    String node = bound(pod, target);
    if (exchange.header("Upgrade") == null) {
      throw StatusException.badRequest("Upgrade request required");
    }
    throw notServed("pods/portforward", ": call node " + node + " itself, where the pod listens");
  }

  private static String path(String what, Target target, String container) {
    return "/" + what + "/" + target.namespace() + "/" + target.name() + "/" + container;
  }

  private static String bound(JsonNode pod, Target target) {
    String node = nodeName(pod);
    if (node.isEmpty()) {
      throw StatusException.badRequest("pod " + target.name() + " does not have a host assigned");
    }
    return node;
  }

  private static String nodeName(JsonNode pod) {
    return pod.path("spec").path("nodeName").asString("");
  }

  private JsonNode node(String name) {
    Stored found = resources.find(Kinds.NODE, "", name);
    if (found == null) {
      throw StatusException.notFound(Kinds.NODE, name);
    }
    return found.document();
  }

  private JsonNode pod(Target target) {
    return resources.get(Kinds.POD, target.namespace(), target.name(), "").document();
  }

  private static StatusException notServed(String what, String instead) {
    return StatusException.badRequest("this version does not serve " + what + " yet" + instead);
  }
}
