package garrison.daemonset.explain;

import garrison.model.Condition;
import garrison.model.Node;
import garrison.model.Taint;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a node itself, by its conditions and the taints made of them (spec: 9.3). */
final class NodeCauses {
  private static final String PREFIX = "node.kubernetes.io/";

  private final Instant now;

  NodeCauses(Instant now) {
    this.now = now;
  }

  /** The cause behind a taint that a condition makes; null for taints that somebody set. */
  @Nullable Cause ofTaint(Taint taint, Node node) {
    return switch (taint.key()) {
      case PREFIX + "not-ready", PREFIX + "unreachable" -> {
        Cause notReady = ofReadiness(node);
        yield notReady == null ? leftTaint(taint) : notReady;
      }
      case PREFIX + "network-unavailable" ->
          Cause.of(
              "network_unavailable",
              "the node's network is not set up yet (taint " + taint.describe() + ")",
              Fix.run(
                  "see whether its network daemon (CNI) runs there",
                  "kubectl get pods -A -o wide --field-selector spec.nodeName=" + Fix.NODE),
              Fix.write(
                  "a daemon that sets the network up is to use the host's",
                  "spec:\n  template:\n    spec:\n      hostNetwork: true"));
      case "node.cloudprovider.kubernetes.io/uninitialized" ->
          Cause.of(
              "uninitialized",
              "the cloud's controller has not set the node up yet (taint " + taint.describe() + ")",
              Fix.run(
                  "see whether the cloud controller manager runs",
                  "kubectl -n kube-system get pods"));
      case PREFIX + "out-of-service" ->
          Cause.of(
              "out_of_service",
              "somebody declared the node out of service (taint " + taint.describe() + ")",
              Fix.run(
                  "once it is back",
                  "kubectl taint nodes "
                      + Fix.NODES
                      + " node.kubernetes.io/out-of-service:"
                      + taint.effect()
                      + "-"));
      default -> null;
    };
  }

  /** Why a node is not ready; null where it is. */
  @Nullable Cause ofReadiness(Node node) {
    Condition ready = node.condition("Ready");
    if (ready != null && ready.isTrue()) {
      return null;
    }
    Fix look = Fix.run("look at the node's conditions", "kubectl describe node " + Fix.NODES);
    if (ready == null) {
      return Cause.of(
          "node_not_ready",
          "the node has never said that it is ready",
          Fix.act("start the node's agent or kubelet on that machine, and read its log"),
          look);
    }
    String since =
        ready.lastTransitionTime() == null
            ? ""
            : " for " + Amounts.since(ready.lastTransitionTime(), now);
    if (ready.status().equals("Unknown")) {
      return Cause.of(
          "node_silent",
          "the node is silent: its agent or kubelet has stopped reporting",
          "the node has been silent" + since + ": its agent or kubelet has stopped reporting",
          List.of(
              Fix.act(
                  "see that the machine is up and reaches the API server, and start its agent or"
                      + " kubelet again"),
              Fix.run("if the machine is gone for good", "kubectl delete node " + Fix.NODES),
              look));
    }
    String why = ready.message().isEmpty() ? ready.reason() : ready.message();
    return Cause.of(
        "node_not_ready",
        "the node is not ready" + (why.isEmpty() ? "" : ": " + why),
        "the node has not been ready" + since + (why.isEmpty() ? "" : ": " + why),
        List.of(
            Fix.act("cure what the node reports; its agent's or kubelet's log says more"), look));
  }

  private static Cause leftTaint(Taint taint) {
    return Cause.of(
        "stale_taint",
        "the node is ready, but still has the taint "
            + taint.describe()
            + ", which the node lifecycle controller is to take away",
        Fix.run(
            "see whether that controller runs (kube-controller-manager, or garrison server)",
            "kubectl -n kube-system get leases"),
        Fix.run(
            "or take the taint away",
            "kubectl taint nodes "
                + Fix.NODES
                + " "
                + Commands.quoted(taint.key() + ":" + taint.effect() + "-")));
  }
}
