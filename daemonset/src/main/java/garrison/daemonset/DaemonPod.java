package garrison.daemonset;

import garrison.model.Pod;
import java.time.Instant;
import java.util.Comparator;

/**
 * What the engine needs to know of one pod. Immutable.
 *
 * @param name within the DaemonSet's namespace
 * @param uid the pod's identity
 * @param node name of the node it is meant for, empty where there is no telling (spec: daemonset 3)
 * @param bound whether {@code spec.nodeName} is set
 * @param phase {@code status.phase}
 * @param deleting whether it has a deletionTimestamp
 * @param ready whether its Ready condition is True
 * @param readySince seconds since the epoch of the Ready condition's last transition, {@link
 *     #UNTOLD} where that is not known
 * @param created seconds since the epoch, 0 where that is not known
 * @param hash label {@code controller-revision-hash}, empty for none
 * @param generation label {@code pod-template-generation}, empty for none
 */
public record DaemonPod(
    String name,
    String uid,
    String node,
    boolean bound,
    Phase phase,
    boolean deleting,
    boolean ready,
    long readySince,
    long created,
    String hash,
    String generation) {

  /** The time of a transition that nobody told. */
  public static final long UNTOLD = Long.MIN_VALUE;

  /**
   * The order in which a node's pods are looked at: bound before unbound, then the older one, then
   * by name (spec: daemonset 4.3). The first one survives, and speaks for its node in the status.
   */
  public static final Comparator<DaemonPod> SENIORITY =
      Comparator.comparing((DaemonPod pod) -> !pod.bound())
          .thenComparingLong(DaemonPod::created)
          .thenComparing(DaemonPod::name);

  /** The phases of a pod. */
  public enum Phase {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    UNKNOWN;

    /** The phase of that name; an empty one is Pending, any other Unknown. */
    public static Phase of(String text) {
      return switch (text) {
        case "", "Pending" -> PENDING;
        case "Running" -> RUNNING;
        case "Succeeded" -> SUCCEEDED;
        case "Failed" -> FAILED;
        default -> UNKNOWN;
      };
    }
  }

  /** What the engine needs of a pod. */
  public static DaemonPod of(Pod pod) {
    String target = pod.targetNode();
    Instant since = pod.readySince();
    Instant created = pod.meta().creationTimestamp();
    return new DaemonPod(
        pod.name(),
        pod.meta().uid(),
        target == null ? "" : target,
        !pod.nodeName().isEmpty(),
        Phase.of(pod.phase()),
        pod.terminating(),
        pod.ready(),
        since == null ? UNTOLD : since.getEpochSecond(),
        created == null ? 0 : created.getEpochSecond(),
        pod.hash(),
        pod.templateGeneration());
  }

  /** The same, once it has a deletionTimestamp. */
  public DaemonPod ending() {
    return new DaemonPod(
        name, uid, node, bound, phase, true, ready, readySince, created, hash, generation);
  }

  /** Whether all is as in another state of the pod; what changes most is compared first. */
  boolean sameAs(DaemonPod other) {
    return ready == other.ready
        && phase == other.phase
        && deleting == other.deleting
        && readySince == other.readySince
        && equals(other);
  }

  /** Whether it has ended for good: Failed or Succeeded. */
  public boolean terminal() {
    return phase == Phase.FAILED || phase == Phase.SUCCEEDED;
  }

  /** Whether it has been Ready for at least {@code minReadySeconds} (spec: daemonset 6). */
  public boolean available(int minReadySeconds, Instant now) {
    if (!ready || minReadySeconds == 0) {
      return ready;
    }
    return readySince != UNTOLD && !availableAt(minReadySeconds).isAfter(now);
  }

  /** When a ready pod, whose {@link #readySince} is told, becomes available. */
  Instant availableAt(int minReadySeconds) {
    return Instant.ofEpochSecond(readySince + minReadySeconds);
  }
}
