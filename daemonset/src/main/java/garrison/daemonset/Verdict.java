package garrison.daemonset;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a DaemonSet wants with a node (spec: daemonset 2.1). A value that carries every reason for a
 * no.
 */
public sealed interface Verdict {
  /** Every reason against the node; empty where it runs. */
  List<Reason> reasons();

  /** Whether a missing pod is to be created: {@code shouldRun}. */
  default boolean runs() {
    return this instanceof Runs;
  }

  /** Whether a pod that is there may go on: {@code shouldContinueRunning}. */
  default boolean keeps() {
    return !(this instanceof Excluded);
  }

  /** All reasons in words. */
  default String sentence() {
    return reasons().stream().map(Reason::sentence).collect(Collectors.joining("; "));
  }

  /** The node is eligible. */
  record Runs() implements Verdict {
    /** The only one needed. */
    public static final Runs RUNS = new Runs();

    @Override
    public List<Reason> reasons() {
      return List.of();
    }
  }

  /** The node gets no new pod but keeps one it has: only NoSchedule taints speak against it. */
  record Stays(List<Reason> reasons) implements Verdict {}

  /** The node is to have no pod. */
  record Excluded(List<Reason> reasons) implements Verdict {}
}
