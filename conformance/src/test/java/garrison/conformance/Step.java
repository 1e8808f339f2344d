package garrison.conformance;

import java.util.List;

/**
 * One event of a script. Nodes and DaemonSets have short names, which each fleet makes its own.
 *
 * @see Script
 */
sealed interface Step {
  /** A node comes. */
  record AddNode(String node, boolean ssd) implements Step {}

  /** A node goes, and its pods with it. */
  record RemoveNode(String node) implements Step {}

  /** A node gets or loses the label {@code disk=ssd}. */
  record LabelNode(String node, boolean ssd) implements Step {}

  /** A node is tainted, with this effect; empty takes the taint away. */
  record TaintNode(String node, String effect) implements Step {}

  /** From now on no pod on this node is ready; or they are again. */
  record Sicken(String node, boolean sick) implements Step {}

  /** A DaemonSet is created, or gets another spec. */
  record Apply(String daemonSet, Wanted wanted) implements Step {}

  /** A DaemonSet is deleted, with its pods. */
  record Delete(String daemonSet) implements Step {}

  /** A DaemonSet is deleted without its pods and made again, which takes them up. */
  record Orphan(String daemonSet, Wanted again) implements Step {}

  /** Somebody deletes the DaemonSet's pods on a node. */
  record DeletePod(String daemonSet, String node) implements Step {}

  /** The DaemonSet's pod on a node ends, in this phase. */
  record EndPod(String daemonSet, String node, String phase) implements Step {}

  /** Somebody takes the label away by which the DaemonSet knows its pod, and deletes that pod. */
  record ReleasePod(String daemonSet, String node) implements Step {}

  /** Several at once: what comes of it is certain, but not by how many pods. */
  record Burst(List<Step> steps) implements Step {}

  /** An event after which the controller has the choice of nodes: only how many is certain. */
  record Loosely(Step step) implements Step {}
}
