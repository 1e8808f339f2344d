package garrison.daemonset;

import static java.util.Objects.requireNonNull;

import garrison.model.DaemonSet;
import garrison.model.IntOrPercent;
import garrison.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
 * <p>What it costs: some twenty bytes for each node and its pod, beside the pod's own record.
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
  private final Slots slots = new Slots();
  private final Standings standings = new Standings(slots);

  /** All claimed pods, those without a node included. */
  private final PodTable pods = new PodTable();

  /** Uids of pods whose deletion was asked for and is not visible in them yet. */
  private final Set<String> doomed = new HashSet<>();

  /** How many claimed pods with a node have each hash label. */
  private final Map<String, Integer> hashes = new HashMap<>();

  private final SlotQueue createQueue = new SlotQueue(slots, Slots.IN_CREATE_QUEUE);
  private final SlotQueue deleteQueue = new SlotQueue(slots, Slots.IN_DELETE_QUEUE);

  /** When time alone changes something, once for each node and instant. */
  private final TreeSet<Wake> wakes = new TreeSet<>();

  // What the DaemonSet asks for.
  private @Nullable Eligibility eligibility;
  private RolloutPlan plan = RolloutPlan.ON_DELETE;
  private boolean surge;
  private int minReadySeconds;
  private String hash = "";
  private String generation = "";
  private long observedGeneration;

  private Instant now = Instant.EPOCH;
  private final int[] facts = new int[Slots.FACTS];

  private record Wake(Instant at, int slot) implements Comparable<Wake> {
    @Override
    public int compareTo(Wake other) {
      int order = at.compareTo(other.at);
      return order != 0 ? order : Integer.compare(slot, other.slot);
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
      judgeAll(after);
    }
    for (int slot = 0; slot < slots.limit(); slot++) {
      refresh(slot);
    }
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
    int slot = nodes.numberOf(node.name());
    slots.touch(slot);
    slots.rule(slot, Slots.Ruling.of(eligibility.judge(node)));
    place(slot);
  }

  /** A node is gone. */
  public void nodeGone(String name) {
    int slot = find(name);
    if (slot >= 0) {
      slots.rule(slot, Slots.Ruling.NO_NODE);
      place(slot);
    }
  }

  /** A claimed pod is new or changed. */
  public void podChanged(DaemonPod pod) {
    DaemonPod before = pods.get(pod.uid());
    if (before != null && pod.sameAs(before)) {
      return;
    }
    if (pod.deleting()) {
      doomed.remove(pod.uid());
    }
    int from = pods.nodeOf(pod.uid());
    int to = before != null && sameNode(before, pod) ? from : slotOf(pod);
    pods.put(pod, to);
    if (before != null) {
      leave(from, before);
    }
    enter(to, pod);
    if (before == null || to != from || !before.hash().equals(pod.hash())) {
      move(before, from, pod, to);
    }
    refreshKnown(to);
    if (to != from) {
      refreshKnown(from);
    }
  }

  /** A pod is gone, or is claimed no more. */
  public void podGone(String uid) {
    doomed.remove(uid);
    DaemonPod pod = pods.get(uid);
    if (pod != null) {
      int slot = pods.nodeOf(uid);
      pods.remove(uid);
      leave(slot, pod);
      move(pod, slot, null, PodTable.NOWHERE);
      refreshKnown(slot);
    }
  }

  /** Time passes: some pods become available, some back-offs end. Never goes back. */
  public void advance(Instant time) {
    if (!time.isAfter(now)) {
      return;
    }
    now = time;
    while (!wakes.isEmpty() && !wakes.first().at().isAfter(now)) {
      refresh(wakes.removeFirst().slot());
    }
  }

  /** The DaemonSet is gone; this fleet is not to be used any more. */
  public void close() {
    for (DaemonPod pod : List.copyOf(pods)) {
      podGone(pod.uid());
    }
    for (int slot = 0; slot < slots.limit(); slot++) {
      endCreate(slot);
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
    endCreate(find(node));
  }

  /** It could not be created; the node still lacks it. */
  public void createFailed(String node) {
    endCreate(find(node));
  }

  /** A pod could not be deleted; it is as it was. */
  public void deleteFailed(String uid) {
    if (doomed.remove(uid)) {
      refreshKnown(pods.nodeOf(uid));
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
    return wakes.isEmpty() ? null : wakes.first().at();
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
    return Collections.unmodifiableCollection(pods);
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
    Node known = nodes.get(node);
    return known == null || eligibility == null ? null : eligibility.judge(known);
  }

  /** Where a node stands in the roll-out. */
  public Standing standing(String node) {
    int slot = nodes.find(node);
    return slot < 0 || slot >= slots.limit() ? Standing.ABSENT : slots.standing(slot);
  }

  /** Whether a pod is of the present revision (spec: daemonset 6). */
  public boolean updated(DaemonPod pod) {
    return isNew(pod);
  }

  /** Who chooses among the nodes that wait for an update. */
  public RolloutPlan plan() {
    return plan;
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
    IntOrPercent maxUnavailable = daemonSet.maxUnavailable();
    if (maxUnavailable == null) {
      return RolloutPlan.UNREADABLE;
    }
    IntOrPercent maxSurge = daemonSet.maxSurge();
    return new RollingUpdate(
        maxUnavailable, maxSurge == null ? new IntOrPercent(0, false) : maxSurge);
  }

  private boolean live(DaemonPod pod) {
    return !pod.deleting() && !doomed.contains(pod.uid());
  }

  private boolean isNew(DaemonPod pod) {
    return pod.hash().equals(hash)
        || (!generation.isEmpty() && pod.generation().equals(generation));
  }

  private boolean wantsCreate(int slot) {
    return slots.ruling(slot) == Slots.Ruling.RUNS
        && !slots.has(slot, Slots.CREATING)
        && (!slots.has(slot, Slots.SOME) || (surge && !slots.has(slot, Slots.RUNNING)));
  }

  /** Whether looking for deletions is worth while; may say yes in vain, never no in vain. */
  private boolean mayWantDelete(int slot) {
    return slots.has(slot, Slots.SEVERAL)
        || (slots.has(slot, Slots.SOME)
            && (!slots.ruling(slot).keeps() || slots.has(slot, Slots.FIRST_TERMINAL)));
  }

  private boolean manage(Orders orders) {
    while (!createQueue.isEmpty() && orders.creates > 0) {
      int slot = createQueue.next();
      orders.create(
          slot,
          slots.has(slot, Slots.SOME) ? new Why.NodeLacksRunningPod() : new Why.NodeLacksPod());
    }
    while (!deleteQueue.isEmpty() && orders.deletes > 0) {
      int slot = deleteQueue.next();
      deleteQueue.set(slot, false);
      clean(slot, orders);
    }
    return createQueue.isEmpty() && deleteQueue.isEmpty();
  }

  private void clean(int slot, Orders orders) {
    switch (slots.ruling(slot)) {
      case NO_NODE -> {
        for (DaemonPod pod : slots.pods(slot)) {
          if (!pod.bound()) {
            orders.delete(slot, pod, new Why.NodeGone());
          }
        }
      }
      case EXCLUDED -> {
        for (DaemonPod pod : slots.pods(slot)) {
          orders.delete(slot, pod, new Why.NodeExcluded(verdict(slot)));
        }
      }
      case STAYS, RUNS -> prune(slot, orders);
    }
  }

  private Verdict verdict(int slot) {
    return requireNonNull(eligibility).judge(requireNonNull(nodes.node(slot)));
  }

  /** Spec: daemonset 4.3. */
  private void prune(int slot, Orders orders) {
    List<DaemonPod> running = new ArrayList<>(2);
    for (DaemonPod pod : slots.pods(slot)) {
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

  private void pruneFailed(int slot, DaemonPod pod, Orders orders) {
    Instant held = backOff.heldUntil(pod.node(), now);
    if (held != null) {
      wakes.add(new Wake(held, slot));
    } else if (orders.delete(slot, pod, new Why.PodFailed())) {
      backOff.advance(pod.node(), now);
    }
  }

  /** Here only the hash tells old from new, not the generation. */
  private void pruneSurge(int slot, List<DaemonPod> running, Orders orders) {
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
        if (!carryOut(standings.next(pick.from()), pick.move(), orders)) {
          break; // the rest of this pick waits for the next call, others may still fit
        }
      }
    }
  }

  private boolean carryOut(int slot, RolloutPlan.Move move, Orders orders) {
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

  private DaemonPod liveOld(int slot) {
    return liveOf(slot, false);
  }

  private DaemonPod liveNew(int slot) {
    return liveOf(slot, true);
  }

  private DaemonPod liveOf(int slot, boolean wantNew) {
    for (DaemonPod pod : slots.pods(slot)) {
      if (live(pod) && isNew(pod) == wantNew) {
        return pod;
      }
    }
    throw new IllegalStateException(
        "no such pod where one was counted: "
            + nodes.name(slot)
            + " "
            + slots.standing(slot)
            + " "
            + List.of(slots.pods(slot)));
  }

  // Keeping count.

  /** The number under which something is known of a node, negative where nothing is. */
  private int find(String node) {
    int slot = nodes.find(node);
    return slot < slots.limit() ? slot : -1;
  }

  private void judgeAll(Eligibility judge) {
    slots.reserve(nodes.limit());
    for (int slot = 0; slot < nodes.limit(); slot++) {
      Node node = nodes.node(slot);
      if (node != null) {
        slots.rule(slot, Slots.Ruling.of(judge.judge(node)));
      }
    }
  }

  private void endCreate(int slot) {
    if (slot >= 0 && slots.has(slot, Slots.CREATING)) {
      slots.mark(slot, Slots.CREATING, false);
      nodes.release(slot);
      place(slot);
    }
  }

  /** A pod that is bound never moves, which saves the look at two names. */
  private static boolean sameNode(DaemonPod before, DaemonPod now) {
    return (before.bound() && now.bound()) || before.node().equals(now.node());
  }

  private int slotOf(DaemonPod pod) {
    if (pod.node().isEmpty()) {
      return PodTable.NOWHERE;
    }
    int slot = nodes.numberOf(pod.node());
    slots.touch(slot);
    return slot;
  }

  /** Puts a pod into its slot, unless it does not count any more. */
  private void enter(int slot, DaemonPod pod) {
    if (slot >= 0 && !(pod.terminal() && pod.deleting())) {
      slots.add(slot, pod);
    }
  }

  private void leave(int slot, DaemonPod pod) {
    if (slot >= 0) {
      slots.remove(slot, pod);
    }
  }

  /** Keeps the hashes' counts, and the holds on the numbers of nodes that pods are for. */
  private void move(@Nullable DaemonPod before, int from, @Nullable DaemonPod now, int to) {
    if (now != null && to >= 0) {
      nodes.hold(to);
      hashes.merge(now.hash(), 1, Integer::sum);
    }
    if (before != null && from >= 0) {
      nodes.release(from);
      hashes.computeIfPresent(before.hash(), (hash, count) -> count == 1 ? null : count - 1);
    }
  }

  private void refreshKnown(int slot) {
    if (slot >= 0) {
      refresh(slot);
    }
  }

  /** Brings one slot in line with its pods, and with the time. */
  private void refresh(int slot) {
    slots.sumUp(slot, sumOf(slot));
    wakeWhenAvailable(slot);
    place(slot);
  }

  /** Brings one slot's counts, standing and queues in line with what it holds. */
  private void place(int slot) {
    count(slot, factsOf(slot));
    standings.move(slot, standingOf(slot));
    createQueue.set(slot, wantsCreate(slot));
    deleteQueue.set(slot, mayWantDelete(slot));
  }

  private void count(int slot, int after) {
    int changed = slots.facts(slot) ^ after;
    if (changed == 0) {
      return;
    }
    for (int i = 0; i < Slots.FACTS; i++) {
      if ((changed >> i & 1) != 0) {
        facts[i] += (after >> i & 1) == 0 ? -1 : 1;
      }
    }
    slots.setFacts(slot, after);
  }

  private int factsOf(int slot) {
    boolean some = slots.has(slot, Slots.SOME);
    return switch (slots.ruling(slot)) {
      case NO_NODE -> 0;
      case EXCLUDED, STAYS -> some ? Slots.MISSCHEDULED : 0;
      case RUNS ->
          !some
              ? Slots.DESIRED
              : Slots.DESIRED
                  | Slots.CURRENT
                  | (slots.has(slot, Slots.FIRST_READY) ? Slots.READY : 0)
                  | (slots.has(slot, Slots.FIRST_AVAILABLE) ? Slots.AVAILABLE : 0)
                  | (slots.has(slot, Slots.FIRST_UPDATED) ? Slots.UPDATED : 0);
    };
  }

  /** All that matters of a slot's pods. */
  private int sumOf(int slot) {
    int count = slots.podCount(slot);
    if (count == 0) {
      return 0;
    }
    int sum = Slots.SOME | (count > 1 ? Slots.SEVERAL : 0);
    for (int i = 0; i < count; i++) {
      DaemonPod pod = slots.pod(slot, i);
      boolean available = pod.available(minReadySeconds, now);
      boolean updated = isNew(pod);
      if (i == 0) {
        sum |= pod.ready() ? Slots.FIRST_READY : 0;
        sum |= available ? Slots.FIRST_AVAILABLE : 0;
        sum |= updated ? Slots.FIRST_UPDATED : 0;
        sum |= pod.terminal() ? Slots.FIRST_TERMINAL : 0;
      }
      if (live(pod)) {
        sum |= pod.terminal() ? 0 : Slots.RUNNING;
        int kind = updated ? Slots.NEW : Slots.OLD;
        sum |= (sum & kind) != 0 ? Slots.EXCESS : kind;
        sum |= !available ? 0 : updated ? Slots.NEW_AVAILABLE : Slots.OLD_AVAILABLE;
      }
    }
    return sum;
  }

  private Standing standingOf(int slot) {
    if (!slots.has(slot, Slots.SOME)) {
      return slots.ruling(slot) == Slots.Ruling.RUNS ? Standing.EMPTY : Standing.ABSENT;
    }
    if (slots.has(slot, Slots.EXCESS)) {
      return Standing.EXCESS;
    }
    boolean newAvailable = slots.has(slot, Slots.NEW_AVAILABLE);
    if (!slots.has(slot, Slots.OLD)) {
      return !slots.has(slot, Slots.NEW)
          ? Standing.EMPTY
          : newAvailable ? Standing.NEW_AVAILABLE : Standing.NEW_UNAVAILABLE;
    }
    boolean oldAvailable = slots.has(slot, Slots.OLD_AVAILABLE);
    if (slots.has(slot, Slots.NEW | Slots.CREATING)) {
      return newAvailable
          ? oldAvailable ? Standing.BOTH_AVAILABLE : Standing.BOTH_NEW_AVAILABLE
          : oldAvailable ? Standing.BOTH_OLD_AVAILABLE : Standing.BOTH_UNAVAILABLE;
    }
    return switch (slots.ruling(slot)) {
      case NO_NODE ->
          oldAvailable ? Standing.OLD_AVAILABLE_NODE_GONE : Standing.OLD_UNAVAILABLE_NODE_GONE;
      case EXCLUDED, STAYS ->
          oldAvailable ? Standing.OLD_AVAILABLE_INELIGIBLE : Standing.OLD_UNAVAILABLE_INELIGIBLE;
      case RUNS -> oldAvailable ? Standing.OLD_AVAILABLE : Standing.OLD_UNAVAILABLE;
    };
  }

  private void wakeWhenAvailable(int slot) {
    if (minReadySeconds == 0) {
      return;
    }
    for (int i = 0; i < slots.podCount(slot); i++) {
      DaemonPod pod = slots.pod(slot, i);
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
    boolean create(int slot, Why.Create why) {
      if (creates == 0) {
        return false;
      }
      creates--;
      actions.add(new Action.CreatePod(nodes.name(slot), why));
      slots.mark(slot, Slots.CREATING, true);
      nodes.hold(slot);
      place(slot);
      return true;
    }

    /** Whether it fits; a pod that is going already needs no order. */
    boolean delete(int slot, DaemonPod pod, Why.Delete why) {
      if (!live(pod)) {
        return true;
      }
      if (deletes == 0) {
        deleteQueue.set(slot, true);
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
