package garrison.control.disruption;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.ObjectKey;
import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parts;
import garrison.control.Patches;
import garrison.model.DisruptionBudget;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the status of every PodDisruptionBudget (spec: daemonset 9.7).
 *
 * <ol>
 *   <li>A pod's change is counted at once, and queues the budgets whose count it changes: it costs
 *       the same however many pods a budget covers.
 *   <li>A queued budget gets the status that follows from its count. The write names the version
 *       that it was worked out from, so it never undoes what an eviction took in the meantime.
 *   <li>Where the status cannot be worked out, nothing may be evicted, and the condition says why.
 * </ol>
 *
 * An eviction that announced a deletion and never came is taken back after two minutes, and so is
 * its mark on the pod.
 */
public final class DisruptionLoop implements Loop {
  /** Its name. */
  public static final String NAME = "disruption-controller";

  /** The source of its events, which upstream writes as the process. */
  private static final String SOURCE = "controllermanager";

  private static final int WORKERS = 4;

  private final Cluster cluster;
  private final Cache<Pod> pods;
  private final Cache<DisruptionBudget> budgets;
  private final Clock clock;
  private final Scales scales;
  private final Tallies tallies = new Tallies();
  private final WorkQueue<ObjectKey> queue = new WorkQueue<>("disruption", Timer.system());
  private final WorkQueue<ObjectKey> marked = new WorkQueue<>("stale disruption", Timer.system());
  private final Parts parts = new Parts();
  private @Nullable EventRecorder events;

  /** Over caches of all pods and budgets; handlers are added at the start. */
  public DisruptionLoop(
      Cluster cluster, Cache<Pod> pods, Cache<DisruptionBudget> budgets, Clock clock) {
    this.cluster = cluster;
    this.pods = pods;
    this.budgets = budgets;
    this.clock = clock;
    this.scales = new ServedScales(cluster);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    events = parts.add(new EventRecorder(cluster, SOURCE, "", clock));
    budgets.addHandler(new BudgetHandler());
    pods.addHandler(new PodHandler());
    parts.add(
        Background.whenSynced(
            "disruption start",
            List.of(pods, budgets),
            () -> {
              parts.add(Workers.start(queue, WORKERS, this::sync));
              parts.add(Workers.start(marked, 1, this::takeMarkBack));
            }));
  }

  @Override
  public void close() {
    queue.shutDown();
    marked.shutDown();
    parts.close();
  }

  private void sync(ObjectKey key) {
    Instant now = clock.instant();
    Tallies.Count count = tallies.count(key, now);
    if (count == null) {
      return;
    }
    ObjectReference about = ObjectReference.of(count.budget().document());
    if (count.pods() == 0) {
      tell(about, "Normal", "NoPods", "No matching pods found");
    }
    try {
      switch (Expectation.of(count, scales)) {
        case Expectation.Known known -> {
          if (known.withoutOwner()) {
            tell(about, "Warning", "UnmanagedPods", unmanaged(count.budget()));
          }
          complain(count);
          write(BudgetStatus.counted(count, known, now));
        }
        case Expectation.Unknown(String why) -> {
          tell(
              about,
              "Warning",
              "CalculateExpectedPodCountFailed",
              "Failed to calculate the number of expected pods: " + why);
          write(BudgetStatus.failed(count.budget(), why, now));
          return;
        }
      }
    } catch (StatusException e) {
      if (e.reason() == StatusReason.NOT_FOUND) {
        return;
      }
      if (e.reason() != StatusReason.CONFLICT) {
        // Whatever stands there may allow too much.
        write(BudgetStatus.failed(count.budget(), e.message(), now));
      }
      throw e;
    }
    Instant next = count.announced().next();
    if (next != null) {
      queue.addAfter(key, Duration.between(now, next.plusSeconds(1)));
    }
  }

  private void write(@Nullable ObjectNode document) {
    if (document != null) {
      cluster.update(Kinds.POD_DISRUPTION_BUDGET, document, "status");
    }
  }

  private void complain(Tallies.Count count) {
    DisruptionBudget budget = count.budget();
    for (String name : count.announced().overdue()) {
      Pod pod = pods.get(budget.namespace(), name);
      if (pod != null) {
        tell(
            ObjectReference.of(pod.document()),
            "Warning",
            "NotDeleted",
            "Pod was expected by PDB "
                + budget.namespace()
                + "/"
                + budget.name()
                + " to be deleted but it wasn't");
      }
    }
  }

  private static String unmanaged(DisruptionBudget budget) {
    return "Pods selected by this PodDisruptionBudget (selector: "
        + SelectorText.of(budget.document().path("spec").get("selector"))
        + ") were found to be unmanaged. As a result, the status of the PDB cannot be calculated"
        + " correctly, which may result in undefined behavior. To account for these pods please set"
        + " \".spec.minAvailable\" field of the PDB to an integer value.";
  }

  private void takeMarkBack(ObjectKey key) {
    Pod pod = pods.get(key);
    Instant due = pod == null ? null : StaleTarget.due(pod);
    if (pod == null || due == null) {
      return;
    }
    Duration left = Duration.between(clock.instant(), due);
    if (left.isPositive()) {
      marked.addAfter(key, left);
      return;
    }
    ObjectNode patch = Json.object();
    ObjectNode condition = patch.putObject("status").putArray("conditions").addObject();
    condition.put("type", StaleTarget.TYPE).put("status", "False");
    condition.put("lastTransitionTime", Timestamps.seconds(clock.instant()));
    condition.put("observedGeneration", pod.meta().generation());
    condition.putNull("reason").putNull("message");
    try {
      Patches.podStatus(cluster, pod, patch);
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND) {
        throw e;
      }
    }
  }

  private void tell(ObjectReference about, String type, String reason, String message) {
    EventRecorder recorder = events;
    if (recorder == null) {
      return;
    }
    if (type.equals("Normal")) {
      recorder.normal(about, reason, message);
    } else {
      recorder.warning(about, reason, message);
    }
  }

  private final class BudgetHandler implements Handler<DisruptionBudget> {
    @Override
    public void added(DisruptionBudget now) {
      tallies.put(now, pods::forEach);
      queue.add(ObjectKey.of(now.document()));
    }

    @Override
    public void updated(DisruptionBudget old, DisruptionBudget now) {
      added(now);
    }

    @Override
    public void deleted(DisruptionBudget last) {
      tallies.remove(last);
    }
  }

  private final class PodHandler implements Handler<Pod> {
    @Override
    public void added(Pod now) {
      Tallies.Change change = tallies.changed(now);
      change.touched().forEach(queue::add);
      if (change.covering().size() > 1 && !change.touched().isEmpty()) {
        tell(
            ObjectReference.of(now.document()),
            "Warning",
            "MultiplePodDisruptionBudgets",
            "Pod \""
                + now.namespace()
                + "\"/\""
                + now.name()
                + "\" matches multiple PodDisruptionBudgets.  Chose \""
                + change.covering().getFirst()
                + "\" arbitrarily.");
      }
      Instant due = StaleTarget.due(now);
      if (due != null) {
        Duration left = Duration.between(clock.instant(), due);
        marked.addAfter(ObjectKey.of(now.document()), left.isPositive() ? left : Duration.ZERO);
      }
    }

    @Override
    public void updated(Pod old, Pod now) {
      added(now);
    }

    @Override
    public void deleted(Pod last) {
      tallies.removed(last).forEach(queue::add);
    }
  }
}
