package garrison.daemonset;

import garrison.model.DaemonSet;
import garrison.model.IntOrPercent;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of one DaemonSet, each with its verdict and its pods, and what is to be done about them
 * (spec: daemonset 4.2 to 4.4, 6, 7).
 *
 * <p>How it is used: tell it what is observed ({@link #nodeChanged}, {@link #podChanged}, …, {@link
 * #advance} for the time), take {@link #next actions}, carry them out, and tell how each ended
 * ({@link #created}, {@link #createFailed}, {@link #deleteFailed}). An action that was taken counts
 * as done until it is told to have failed, so nothing is asked for twice, however late the
 * observations come.
 *
 * <p>Guarantees:
 *
 * <ol>
 *   <li>One event costs O(1) in the size of the fleet; only a change of the DaemonSet itself visits
 *       every node, once.
 *   <li>Never two creates for one node at a time, and none where a pod exists, unless surge wants
 *       it.
 *   <li>The roll-out never takes more nodes out of service than its plan allows; deletions under
 *       way count as out of service.
 *   <li>Every action has a reason.
 *   <li>It is a pure state machine: equal events give equal actions. It knows no clock: the time is
 *       what {@link #advance} said last.
 * </ol>
 *
 * <p>Not thread-safe.
 */
public final class Fleet implements RolloutPlan.Counts {
  /** First and longest wait between deletions of failed pods on a node (spec: daemonset 4.4). */
  public record BackOffLimits(Duration first, Duration most) {
    /** Upstream's: 1 s to 15 min. */
    public static final BackOffLimits UPSTREAM =
        new BackOffLimits(Duration.ofSeconds(1), Duration.ofMinutes(15));
  }

  private final NodeTable nodes;
  private final FailedPodBackOff backOff;
  private final Map<String, Slot> slots = new HashMap<>();

  /** All claimed pods by uid, those without a node included. */
  private final Map<String, DaemonPod> pods = new HashMap<>();

  /** Uids of pods whose deletion was asked for and is not visible in them yet. */
  private final Set<String> doomed = new HashSet<>();

  /** How many claimed pods with a node have each hash label. */
  private final Map<String, Integer> hashes = new HashMap<>();

  private final Standings standings = new Standings();
  private final ArrayDeque<Slot> createQueue = new ArrayDeque<>();
  private final ArrayDeque<Slot> deleteQueue = new ArrayDeque<>();
  private final PriorityQueue<Wake> wakes = new PriorityQueue<>();

  // What the DaemonSet asks for.
  private @Nullable Eligibility eligibility;
  private RolloutPlan plan = RolloutPlan.ON_DELETE;
  private boolean surge;
  private int minReadySeconds;
  private String hash = "";
  private String generation = "";
  private long observedGeneration;

  private Instant now = Instant.EPOCH;
  private final int[] facts = new int[6];

  private record Wake(Instant at, Slot slot) implements Comparable<Wake> {
    @Override
    public int compareTo(Wake other) {
      return at.compareTo(other.at);
    }
  }

  /** A fleet that does nothing before {@link #daemonSetChanged}. */
  public Fleet(NodeTable nodes, BackOffLimits limits) {
    this.nodes = nodes;
    this.backOff = new FailedPodBackOff(limits.first(), limits.most());
  }

  // What is observed.

  /**
   * The DaemonSet is new or changed, and its present template has the revision with that hash.
   *
   * @param daemonSet as observed
   * @param currentHash label of the present revision, never empty
   */
  public void daemonSetChanged(DaemonSet daemonSet, String currentHash) {
    Eligibility before = eligibility;
    Eligibility after = Eligibility.of(daemonSet);
    hash = currentHash;
    generation =
        daemonSet.templateGeneration().isPresent()
            ? Long.toString(daemonSet.templateGeneration().getAsLong())
            : "";
    minReadySeconds = daemonSet.minReadySeconds();
    surge = surgeEnabled(daemonSet);
    plan = planOf(daemonSet);
    observe(daemonSet.observedGeneration());
    if (before == null || !before.asksSameAs(after)) {
      eligibility = after;
      for (Node node : nodes.all()) {
        slot(node.name()).verdict = after.judge(node);
      }
    }
    List.copyOf(slots.values()).forEach(this::refresh);
  }

  /** The generation that the status shows; a new one ends all back-offs (spec: daemonset 4.4). */
  public void observe(long generationInStatus) {
    if (generationInStatus != observedGeneration) {
      observedGeneration = generationInStatus;
      backOff.clear();
    }
  }

  /** A node in the table is new, or its labels or taints changed. */
  public void nodeChanged(Node node) {
    if (eligibility == null) {
      return;
    }
    Slot slot = slot(node.name());
    slot.verdict = eligibility.judge(node);
    refresh(slot);
  }

  /** A node is gone. */
  public void nodeGone(String name) {
    Slot slot = slots.get(name);
    if (slot != null) {
      slot.verdict = null;
      refresh(slot);
    }
  }

  /** A claimed pod is new or changed. */
  public void podChanged(DaemonPod pod) {
    DaemonPod before = pods.put(pod.uid(), pod);
    if (pod.equals(before)) {
      return;
    }
    if (before != null) {
      leave(before);
    }
    if (pod.deleting()) {
      doomed.remove(pod.uid());
    }
    if (!pod.node().isEmpty()) {
      hashes.merge(pod.hash(), 1, Integer::sum);
      Slot slot = slot(pod.node());
      if (!(pod.terminal() && pod.deleting())) {
        slot.add(pod);
      }
      refresh(slot);
    }
    if (before != null && !before.node().equals(pod.node())) {
      refreshIfKnown(before.node());
    }
  }

  /** A pod is gone, or is claimed no more. */
  public void podGone(String uid) {
    DaemonPod pod = pods.remove(uid);
    doomed.remove(uid);
    if (pod != null) {
      leave(pod);
      refreshIfKnown(pod.node());
    }
  }

  /** Time passes: some pods become available, some back-offs end. Never goes back. */
  public void advance(Instant time) {
    if (!time.isAfter(now)) {
      return;
    }
    now = time;
    while (!wakes.isEmpty() && !wakes.peek().at().isAfter(now)) {
      Slot slot = wakes.remove().slot();
      if (slots.get(slot.node) == slot) {
        refresh(slot);
      }
    }
  }

  // How actions ended.

  /**
   * The pod that a {@link Action.CreatePod} asked for exists.
   *
   * @param pod as the server made it; null where it is known to be gone again
   */
  public void created(String node, @Nullable DaemonPod pod) {
    if (pod != null) {
      podChanged(pod);
    }
    endCreate(node);
  }

  /** It could not be created; the node still lacks it. */
  public void createFailed(String node) {
    endCreate(node);
  }

  /** A pod could not be deleted; it is as it was. */
  public void deleteFailed(String uid) {
    if (doomed.remove(uid)) {
      DaemonPod pod = pods.get(uid);
      if (pod != null) {
        refreshIfKnown(pod.node());
      }
    }
  }

  // What is to be done.

  /**
   * What to do now: first what nodes need, then the roll-out's next turn, within the given numbers
   * (spec: daemonset 4.5). What does not fit comes in a later call. Each action counts as under way
   * from here on.
   */
  public List<Action> next(int mostCreates, int mostDeletes) {
    if (hash.isEmpty()) {
      return List.of();
    }
    Orders orders = new Orders(mostCreates, mostDeletes);
    boolean settled = manage(orders);
    if (settled && orders.roomLeft()) {
      rollOut(orders);
    }
    return orders.actions;
  }

  /** When {@link #advance} can next change something; null where time alone changes nothing. */
  public @Nullable Instant nextWake() {
    return wakes.isEmpty() ? null : wakes.peek().at();
  }

  // What may be asked.

  /** The numbers of the status (spec: daemonset 7). */
  public FleetStatus status() {
    return new FleetStatus(facts[0], facts[1], facts[2], facts[3], facts[4], facts[5]);
  }

  @Override
  public int desired() {
    return facts[0];
  }

  @Override
  public int count(Standing standing) {
    return standings.count(standing);
  }

  /** All claimed pods, those without a node included. */
  public Collection<DaemonPod> pods() {
    return Collections.unmodifiableCollection(pods.values());
  }

  /** The pod of that uid, null where it is not claimed. */
  public @Nullable DaemonPod pod(String uid) {
    return pods.get(uid);
  }

  /** The hash labels that claimed pods with a node have (spec: daemonset 5.5). */
  public Set<String> liveHashes() {
    return Set.copyOf(hashes.keySet());
  }

  /** The verdict on a node, null where no such node exists. */
  public @Nullable Verdict verdict(String node) {
    Slot slot = slots.get(node);
    return slot == null ? null : slot.verdict;
  }

  // Deciding.

  private static boolean surgeEnabled(DaemonSet daemonSet) {
    IntOrPercent maxSurge = daemonSet.maxSurge();
    return !daemonSet.onDelete() && maxSurge != null && maxSurge.scaledUp(1) > 0;
  }

  private static RolloutPlan planOf(DaemonSet daemonSet) {
    if (daemonSet.onDelete()) {
      return RolloutPlan.ON_DELETE;
    }
    IntOrPercent none = new IntOrPercent(0, false);
    IntOrPercent maxUnavailable = daemonSet.maxUnavailable();
    IntOrPercent maxSurge = daemonSet.maxSurge();
    return new RollingUpdate(
        maxUnavailable == null ? none : maxUnavailable, maxSurge == null ? none : maxSurge);
  }

  private boolean live(DaemonPod pod) {
    return !pod.deleting() && !doomed.contains(pod.uid());
  }

  private boolean isNew(DaemonPod pod) {
    return pod.hash().equals(hash)
        || (!generation.isEmpty() && pod.generation().equals(generation));
  }

  private boolean wantsCreate(Slot slot) {
    if (slot.creating || !slot.runs()) {
      return false;
    }
    if (slot.pods.length == 0) {
      return true;
    }
    return surge && seniorRunning(slot) == null;
  }

  private @Nullable DaemonPod seniorRunning(Slot slot) {
    for (DaemonPod pod : slot.pods) {
      if (live(pod) && !pod.terminal()) {
        return pod;
      }
    }
    return null;
  }

  /** Whether looking for deletions is worth while; may say yes in vain, never no in vain. */
  private boolean mayWantDelete(Slot slot) {
    if (slot.pods.length == 0) {
      return false;
    }
    return slot.pods.length > 1
        || slot.verdict == null
        || !slot.verdict.keeps()
        || slot.pods[0].terminal();
  }

  private boolean manage(Orders orders) {
    while (!createQueue.isEmpty() && orders.creates > 0) {
      Slot slot = createQueue.remove();
      slot.inCreateQueue = false;
      if (wantsCreate(slot)) {
        orders.create(
            slot, slot.pods.length == 0 ? new Why.NodeLacksPod() : new Why.NodeLacksRunningPod());
      }
    }
    while (!deleteQueue.isEmpty() && orders.deletes > 0) {
      Slot slot = deleteQueue.remove();
      slot.inDeleteQueue = false;
      clean(slot, orders);
    }
    return createQueue.isEmpty() && deleteQueue.isEmpty();
  }

  private void clean(Slot slot, Orders orders) {
    Verdict verdict = slot.verdict;
    DaemonPod[] here = slot.pods;
    if (verdict == null) {
      for (DaemonPod pod : here) {
        if (!pod.bound()) {
          orders.delete(slot, pod, new Why.NodeGone());
        }
      }
    } else if (!verdict.keeps()) {
      for (DaemonPod pod : here) {
        orders.delete(slot, pod, new Why.NodeExcluded(verdict));
      }
    } else {
      prune(slot, orders);
    }
  }

  /** Spec: daemonset 4.3. */
  private void prune(Slot slot, Orders orders) {
    List<DaemonPod> running = new ArrayList<>(2);
    for (DaemonPod pod : slot.pods) {
      if (!live(pod)) {
        continue;
      }
      switch (pod.phase()) {
        case FAILED -> pruneFailed(slot, pod, orders);
        case SUCCEEDED -> orders.delete(slot, pod, new Why.PodSucceeded());
        default -> running.add(pod);
      }
    }
    if (running.size() < 2) {
      return;
    }
    if (surge) {
      pruneSurge(slot, running, orders);
    } else {
      DaemonPod kept = running.getFirst();
      for (DaemonPod pod : running.subList(1, running.size())) {
        orders.delete(slot, pod, new Why.Duplicate(kept.name()));
      }
    }
  }

  private void pruneFailed(Slot slot, DaemonPod pod, Orders orders) {
    Instant held = backOff.heldUntil(slot.node, now);
    if (held != null) {
      wakes.add(new Wake(held, slot));
    } else if (orders.delete(slot, pod, new Why.PodFailed())) {
      backOff.advance(slot.node, now);
    }
  }

  /** Here only the hash tells old from new, not the generation. */
  private void pruneSurge(Slot slot, List<DaemonPod> running, Orders orders) {
    DaemonPod oldPod = null;
    DaemonPod newPod = null;
    for (DaemonPod pod : running) {
      if (pod.hash().equals(hash)) {
        if (newPod == null) {
          newPod = pod;
        } else {
          orders.delete(slot, pod, new Why.Duplicate(newPod.name()));
        }
      } else if (oldPod == null) {
        oldPod = pod;
      } else {
        orders.delete(slot, pod, new Why.Duplicate(oldPod.name()));
      }
    }
    if (oldPod == null || newPod == null) {
      return;
    }
    if (!oldPod.ready()) {
      orders.delete(slot, oldPod, new Why.OldRevisionUnavailable());
    } else if (newPod.available(minReadySeconds, now)) {
      orders.delete(slot, oldPod, new Why.Succeeded(newPod.name()));
    }
  }

  private void rollOut(Orders orders) {
    for (RolloutPlan.Pick pick : plan.next(this)) {
      for (int i = 0; i < pick.most() && standings.count(pick.from()) > 0; i++) {
        if (!carryOut(standings.last(pick.from()), pick.move(), orders)) {
          break; // the rest of this pick waits for the next call, others may still fit
        }
      }
    }
  }

  private boolean carryOut(Slot slot, RolloutPlan.Move move, Orders orders) {
    DaemonPod oldPod = liveOld(slot);
    return switch (move) {
      case DELETE_OLD -> orders.delete(slot, oldPod, new Why.OldRevision());
      case DELETE_UNAVAILABLE_OLD -> orders.delete(slot, oldPod, new Why.OldRevisionUnavailable());
      case DELETE_SUNSET_OLD -> orders.delete(slot, oldPod, new Why.Sunset());
      case DELETE_SUCCEEDED_OLD ->
          orders.delete(slot, oldPod, new Why.Succeeded(liveNew(slot).name()));
      case CREATE_NEW -> orders.create(slot, new Why.Surge(oldPod.name()));
      case CREATE_NEW_FOR_UNAVAILABLE ->
          orders.create(slot, new Why.SurgeForUnavailable(oldPod.name()));
    };
  }

  private DaemonPod liveOld(Slot slot) {
    for (DaemonPod pod : slot.pods) {
      if (live(pod) && !isNew(pod)) {
        return pod;
      }
    }
    throw new IllegalStateException("no old pod where one was counted: " + slot);
  }

  private DaemonPod liveNew(Slot slot) {
    for (DaemonPod pod : slot.pods) {
      if (live(pod) && isNew(pod)) {
        return pod;
      }
    }
    throw new IllegalStateException("no new pod where one was counted: " + slot);
  }

  // Keeping count.

  private Slot slot(String node) {
    return slots.computeIfAbsent(node, Slot::new);
  }

  private void endCreate(String node) {
    Slot slot = slots.get(node);
    if (slot != null) {
      slot.creating = false;
      refresh(slot);
    }
  }

  /** Takes a pod out of its slot, whose counts are then to be refreshed. */
  private void leave(DaemonPod pod) {
    if (pod.node().isEmpty()) {
      return;
    }
    hashes.computeIfPresent(pod.hash(), (ignored, count) -> count == 1 ? null : count - 1);
    Slot slot = slots.get(pod.node());
    if (slot != null) {
      slot.remove(pod.uid());
    }
  }

  private void refreshIfKnown(String node) {
    Slot slot = slots.get(node);
    if (slot != null) {
      refresh(slot);
    }
  }

  /** Brings one slot's counts, standing and queues in line with what it holds. */
  private void refresh(Slot slot) {
    count(slot, factsOf(slot));
    standings.move(slot, standingOf(slot));
    if (slot.blank()) {
      slots.remove(slot.node);
      return;
    }
    if (!slot.inCreateQueue && wantsCreate(slot)) {
      slot.inCreateQueue = true;
      createQueue.add(slot);
    }
    if (!slot.inDeleteQueue && mayWantDelete(slot)) {
      slot.inDeleteQueue = true;
      deleteQueue.add(slot);
    }
    wakeWhenAvailable(slot);
  }

  private void count(Slot slot, int after) {
    int changed = slot.facts ^ after;
    for (int i = 0; changed != 0; i++, changed >>= 1) {
      if ((changed & 1) != 0) {
        facts[i] += (after >> i & 1) == 0 ? -1 : 1;
      }
    }
    slot.facts = after;
  }

  private int factsOf(Slot slot) {
    if (slot.verdict == null) {
      return 0;
    }
    if (!slot.verdict.runs()) {
      return slot.pods.length == 0 ? 0 : Slot.MISSCHEDULED;
    }
    if (slot.pods.length == 0) {
      return Slot.DESIRED;
    }
    DaemonPod first = slot.pods[0];
    return Slot.DESIRED
        | Slot.CURRENT
        | (first.ready() ? Slot.READY : 0)
        | (first.available(minReadySeconds, now) ? Slot.AVAILABLE : 0)
        | (isNew(first) ? Slot.UPDATED : 0);
  }

  private Standing standingOf(Slot slot) {
    if (slot.pods.length == 0) {
      return slot.runs() ? Standing.EMPTY : Standing.ABSENT;
    }
    DaemonPod newPod = null;
    DaemonPod oldPod = null;
    for (DaemonPod pod : slot.pods) {
      if (!live(pod)) {
        continue;
      }
      if (isNew(pod)) {
        if (newPod != null) {
          return Standing.EXCESS;
        }
        newPod = pod;
      } else {
        if (oldPod != null) {
          return Standing.EXCESS;
        }
        oldPod = pod;
      }
    }
    boolean newAvailable = newPod != null && newPod.available(minReadySeconds, now);
    if (oldPod == null) {
      return newPod == null
          ? Standing.EMPTY
          : newAvailable ? Standing.NEW_AVAILABLE : Standing.NEW_UNAVAILABLE;
    }
    boolean oldAvailable = oldPod.available(minReadySeconds, now);
    if (newPod != null || slot.creating) {
      return newAvailable
          ? oldAvailable ? Standing.BOTH_AVAILABLE : Standing.BOTH_NEW_AVAILABLE
          : oldAvailable ? Standing.BOTH_OLD_AVAILABLE : Standing.BOTH_UNAVAILABLE;
    }
    if (slot.verdict == null) {
      return oldAvailable ? Standing.OLD_AVAILABLE_NODE_GONE : Standing.OLD_UNAVAILABLE_NODE_GONE;
    }
    if (!slot.verdict.runs()) {
      return oldAvailable ? Standing.OLD_AVAILABLE_INELIGIBLE : Standing.OLD_UNAVAILABLE_INELIGIBLE;
    }
    return oldAvailable ? Standing.OLD_AVAILABLE : Standing.OLD_UNAVAILABLE;
  }

  private void wakeWhenAvailable(Slot slot) {
    if (minReadySeconds == 0) {
      return;
    }
    for (DaemonPod pod : slot.pods) {
      if (pod.ready()
          && pod.readySince() != DaemonPod.UNTOLD
          && !pod.available(minReadySeconds, now)) {
        wakes.add(new Wake(pod.availableAt(minReadySeconds), slot));
      }
    }
  }

  /** Collects actions, and marks each as under way. */
  private final class Orders {
    private final List<Action> actions = new ArrayList<>();
    private int creates;
    private int deletes;

    Orders(int creates, int deletes) {
      this.creates = creates;
      this.deletes = deletes;
    }

    boolean roomLeft() {
      return creates > 0 || deletes > 0;
    }

    /** Whether it fits. */
    boolean create(Slot slot, Why.Create why) {
      if (creates == 0) {
        return false;
      }
      creates--;
      actions.add(new Action.CreatePod(slot.node, why));
      slot.creating = true;
      refresh(slot);
      return true;
    }

    /** Whether it fits; a pod that is going already needs no order. */
    boolean delete(Slot slot, DaemonPod pod, Why.Delete why) {
      if (!live(pod)) {
        return true;
      }
      if (deletes == 0) {
        if (!slot.inDeleteQueue) {
          slot.inDeleteQueue = true;
          deleteQueue.add(slot);
        }
        return false;
      }
      deletes--;
      actions.add(new Action.DeletePod(pod, why));
      doomed.add(pod.uid());
      refresh(slot);
      return true;
    }
  }
}
