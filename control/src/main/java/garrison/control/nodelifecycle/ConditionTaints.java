package garrison.control.nodelifecycle;

import garrison.model.Condition;
import garrison.model.Node;
import garrison.model.Taint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The taints that a node's state gives it (spec: daemonset 9.3). Pure. */
final class ConditionTaints {
  static final String NOT_READY = "node.kubernetes.io/not-ready";
  static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
  private static final Map<String, String> PRESSURE =
      Map.of(
          "MemoryPressure", "node.kubernetes.io/memory-pressure",
          "DiskPressure", "node.kubernetes.io/disk-pressure",
          "PIDPressure", "node.kubernetes.io/pid-pressure",
          "NetworkUnavailable", "node.kubernetes.io/network-unavailable");
  private static final Set<String> OURS =
      Set.of(
          NOT_READY,
          UNREACHABLE,
          UNSCHEDULABLE,
          "node.kubernetes.io/memory-pressure",
          "node.kubernetes.io/disk-pressure",
          "node.kubernetes.io/pid-pressure",
          "node.kubernetes.io/network-unavailable");

  private ConditionTaints() {}

  /** The key that says how a node is lost: not-ready, unreachable, or null where it is Ready. */
  static @Nullable String lost(Node node) {
    Condition ready = node.condition("Ready");
    if (ready == null) {
      return null;
    }
    return switch (ready.status()) {
      case "False" -> NOT_READY;
      case "Unknown" -> UNREACHABLE;
      default -> null;
    };
  }

  /**
   * The node's taints as they should be at once; the very list of the node where they are.
   * NoExecute is only taken away or exchanged here: giving it is rationed, see {@link
   * #withNoExecute}.
   */
  static List<Taint> settled(Node node, Instant now) {
    List<String> wanted = noSchedule(node);
    List<Taint> taints = new ArrayList<>();
    for (Taint taint : node.taints()) {
      if (taint.effect().equals(Taint.NO_SCHEDULE) && OURS.contains(taint.key())) {
        if (wanted.remove(taint.key())) {
          taints.add(taint);
        }
      } else if (!isLoss(taint)) {
        taints.add(taint);
      }
    }
    wanted.forEach(key -> taints.add(new Taint(key, "", Taint.NO_SCHEDULE, now)));
    addLoss(node, now, taints);
    return sameSet(taints, node.taints()) ? node.taints() : taints;
  }

  /**
   * The taints with the NoExecute one that a lost node gets; the very list where nothing changes.
   */
  static List<Taint> withNoExecute(Node node, Instant now) {
    String lost = lost(node);
    if (lost == null || node.hasTaint(lost, Taint.NO_EXECUTE)) {
      return node.taints();
    }
    List<Taint> taints = new ArrayList<>(node.taints());
    taints.removeIf(ConditionTaints::isLoss);
    taints.add(new Taint(lost, "", Taint.NO_EXECUTE, now));
    return taints;
  }

  /** The taints without those that evict from lost nodes; the very list where there are none. */
  static List<Taint> withoutNoExecute(Node node) {
    List<Taint> taints = new ArrayList<>(node.taints());
    return taints.removeIf(ConditionTaints::isLoss) ? taints : node.taints();
  }

  private static List<String> noSchedule(Node node) {
    List<String> keys = new ArrayList<>();
    String lost = lost(node);
    if (lost != null) {
      keys.add(lost);
    } else if (node.condition("Ready") == null && node.hasTaint(NOT_READY, Taint.NO_SCHEDULE)) {
      keys.add(NOT_READY); // from admission: nobody has said yet how the node is
    }
    for (Condition condition : node.conditions()) {
      String key = PRESSURE.get(condition.type());
      if (key != null && condition.isTrue()) {
        keys.add(key);
      }
    }
    if (node.unschedulable()) {
      keys.add(UNSCHEDULABLE);
    }
    return keys;
  }

  private static void addLoss(Node node, Instant now, List<Taint> taints) {
    String lost = lost(node);
    if (lost == null) {
      return;
    }
    for (Taint taint : node.taints()) {
      if (isLoss(taint)) {
        taints.add(taint.key().equals(lost) ? taint : new Taint(lost, "", Taint.NO_EXECUTE, now));
        return;
      }
    }
  }

  private static boolean isLoss(Taint taint) {
    return taint.effect().equals(Taint.NO_EXECUTE)
        && (taint.key().equals(NOT_READY) || taint.key().equals(UNREACHABLE));
  }

  private static boolean sameSet(List<Taint> left, List<Taint> right) {
    return left.size() == right.size() && left.containsAll(right) && right.containsAll(left);
  }
}
