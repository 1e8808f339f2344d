package garrison.daemonset;

import garrison.model.Node;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that exist, shared by the fleets of all DaemonSets. Change it first, then tell the
 * fleets. Not thread-safe.
 */
public final class NodeTable {
  private final Map<String, Node> nodes = new HashMap<>();

  /**
   * A node that is there, new or changed.
   *
   * @return whether any DaemonSet could care: it is new, or its labels or taints differ
   */
  public boolean put(Node node) {
    Node before = nodes.put(node.name(), node);
    return before == null
        || !before.labels().equals(node.labels())
        || !before.taints().equals(node.taints());
  }

  /** A node that is gone; whether it was there. */
  public boolean remove(String name) {
    return nodes.remove(name) != null;
  }

  /** The node of that name, null where there is none. */
  public @Nullable Node get(String name) {
    return nodes.get(name);
  }

  /** All nodes, in no order. */
  public Collection<Node> all() {
    return nodes.values();
  }
}
