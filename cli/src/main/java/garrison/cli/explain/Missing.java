package garrison.cli.explain;

import garrison.client.Cluster;
import garrison.client.ListOptions;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.List;

/** Says what somebody may have meant who asks for what is not there. */
public final class Missing {
  private Missing() {}

  /** There is no such DaemonSet: whether one of that name is elsewhere, or what is near it. */
  public static String daemonSet(Cluster cluster, String namespace, String name) {
    String missing = "daemonset " + namespace + "/" + name + " does not exist: ";
    List<String> here = new ArrayList<>();
    List<String> elsewhere = new ArrayList<>();
    try {
      for (Meta meta : Pages.all(cluster, Kinds.DAEMON_SET, "", ListOptions.ALL, Meta::of)) {
        if (meta.namespace().equals(namespace)) {
          here.add(meta.name());
        } else if (meta.name().equals(name)) {
          elsewhere.add(meta.namespace());
        }
      }
    } catch (StatusException e) {
      if (e.reason() != StatusReason.FORBIDDEN) {
        throw e;
      }
      return missing + "see kubectl get daemonsets -n " + namespace;
    }
    if (!elsewhere.isEmpty()) {
      return missing
          + "there is one in "
          + String.join(", ", elsewhere)
          + ", write -n "
          + elsewhere.getFirst();
    }
    List<String> nearest = Likeness.nearest(name, here);
    return nearest.isEmpty()
        ? missing + "see kubectl get daemonsets -A"
        : missing + "did you mean " + String.join(", ", nearest) + "?";
  }

  /** There is no such node. */
  public static String node(List<Node> nodes, String name) {
    List<String> nearest = Likeness.nearest(name, nodes.stream().map(Node::name).toList());
    return "node "
        + name
        + " does not exist: "
        + (nearest.isEmpty()
            ? "see kubectl get nodes; a machine becomes a node when its agent or kubelet joins"
            : "did you mean " + String.join(", ", nearest) + "?");
  }
}
