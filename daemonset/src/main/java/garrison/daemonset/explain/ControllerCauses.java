package garrison.daemonset.explain;

import garrison.model.DaemonSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a controller serves the DaemonSet at all. There is no asking it: what is told is what it
 * should have done and has not.
 */
final class ControllerCauses {
  /** What tells that something is on its way, and may be looked at once more. */
  static final List<String> UNSETTLED = List.of("unobserved", "being_made", "next_turn");

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Duration BUSY = Duration.ofSeconds(30);

  private final Observed observed;
  private final DaemonSet daemonSet;

  ControllerCauses(Observed observed) {
    this.observed = observed;
    this.daemonSet = observed.daemonSet();
  }

  /** Whether the DaemonSet is being deleted, so that nobody makes pods for it. */
  @Nullable Cause deletion() {
    Instant deleted = daemonSet.meta().deletionTimestamp();
    if (deleted == null) {
      return null;
    }
    List<String> finalizers = daemonSet.meta().finalizers();
    boolean collected = finalizers.contains("foregroundDeletion") || finalizers.contains("orphan");
    return Cause.of(
        "deleted",
        "the DaemonSet is being deleted, so no pod is made or replaced",
        "the DaemonSet is being deleted since "
            + Amounts.since(deleted, observed.now())
            + ", so no pod is made or replaced; it waits for "
            + (collected ? observed.pods().size() + " pods, " : "")
            + "its finalizers "
            + String.join(", ", finalizers),
        List.of(
            collected
                ? Fix.act("wait for its pods to end; those that are stuck are below")
                : Fix.act("see that what set the finalizers runs")));
  }

  /** Whether its selector picks everything, so that the controller leaves it alone. */
  @Nullable Cause selector() {
    return daemonSet.selector().isEmpty()
        ? Cause.of(
            "empty_selector",
            "the DaemonSet's selector is empty, so its controller leaves it alone",
            Fix.act("delete it, and make it again with a selector that its template matches"))
        : null;
  }

  /** Whether the present generation was seen. */
  boolean behind() {
    return daemonSet.observedGeneration() < daemonSet.meta().generation();
  }

  /** Why the present generation was not seen; null where it was. */
  @Nullable Cause unobserved() {
    if (!behind() || daemonSet.meta().deleting()) {
      return null;
    }
    String what =
        "no controller has seen the DaemonSet's generation " + daemonSet.meta().generation();
    String last =
        daemonSet.observedGeneration() == 0
            ? ", nor any before"
            : ", the last one seen is " + daemonSet.observedGeneration();
    if (observed.daemonSetChanged().plus(SOON).isAfter(observed.now())
        || observed.watched().isZero()) {
      return Cause.of("unobserved", what + " yet" + last);
    }
    return Cause.of("controller_absent", what, what + last + leases(), start());
  }

  /** Why an eligible node has no pod, where nothing else says why. */
  Cause unmade() {
    Instant now = observed.now();
    boolean busy = observed.youngestPod().plus(BUSY).isAfter(now);
    if (observed.watched().isZero() || busy) {
      return Cause.of(
          "being_made", "eligible; its pod is about to be made, some nodes are before it");
    }
    return idle("controller_absent", "eligible, and no controller makes a pod for it");
  }

  /** Why a pod is not replaced although it could be. */
  Cause unreplaced() {
    Instant now = observed.now();
    boolean busy = observed.youngestPod().plus(BUSY).isAfter(now);
    if (observed.watched().isZero() || busy) {
      return Cause.of("next_turn", "its turn is next");
    }
    return idle("controller_absent", "it could be replaced now, and no controller does it");
  }

  private Cause idle(String code, String summary) {
    return Cause.of(
        code,
        summary,
        summary + ": nothing happened in " + Amounts.length(observed.watched()) + leases(),
        start());
  }

  private String leases() {
    List<String> sentences = new ArrayList<>();
    for (LeaderLease lease : observed.leases()) {
      if (!lease.held(observed.now())) {
        sentences.add(lease.sentence(observed.now()));
      }
    }
    return sentences.isEmpty() ? "" : " (" + String.join("; ", sentences) + ")";
  }

  private static List<Fix> start() {
    return List.of(
        Fix.act(
            "start a DaemonSet controller: kube-controller-manager (without"
                + " --controllers=-daemonset-controller), garrison server, or"
                + " garrison controller --mode replace"),
        Fix.run("see who leads", "kubectl -n kube-system get leases"));
  }
}
