package garrison.control.binding;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.Index;
import garrison.client.cache.ObjectKey;
import garrison.client.events.ObjectReference;
import garrison.client.events.SeriesRecorder;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parallel;
import garrison.control.Parts;
import garrison.control.Patches;
import garrison.model.Condition;
import garrison.model.DisruptionBudget;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Binds pods to nodes: the scheduler of Garrison (spec: daemonset 9.1).
 *
 * <ol>
 *   <li>A pod of {@code default-scheduler} without a node is queued, higher priorities first.
 *   <li>The {@link Ledger} finds a node and counts the pod there at once, before the API server
 *       knows; a binding that fails takes the count back.
 *   <li>A pod that fits nowhere is told why (condition and event), parked, and tried again when
 *       something changed that may help it, not sooner than its back-off, and every five minutes.
 *   <li>Where {@link Preemption} finds pods of a lower priority whose going would help, the pod is
 *       nominated to their node, and they are marked and deleted; it comes once they are gone.
 * </ol>
 *
 * Bindings go out in parallel; the order among pods of one priority is not kept.
 */
public final class BindingLoop implements Loop {
  /** The scheduler's name in pods and events. */
  public static final String NAME = "default-scheduler";

  private static final int WORKERS = 64;
  private static final int EVENT_MESSAGE = 1024;
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration FLUSH = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final Cache<Pod> pods;
  private final Cache<Node> nodes;
  private final Cache<DisruptionBudget> budgets;
  private final Index<DisruptionBudget> budgetsOfNamespace;
  private final Function<String, Map<String, String>> labelsOfNamespace;
  private final Clock clock;
  private final Ledger ledger = new Ledger(new Caches());
  private final WorkQueue<ObjectKey> queue = new WorkQueue<>("binding", Timer.system());
  private final Parked parked;
  private final Parts parts = new Parts();
  private @Nullable SeriesRecorder events;

  /**
   * Over caches of all pods, nodes and disruption budgets; handlers are added at the start.
   *
   * @param labelsOfNamespace the labels of a namespace by its name, none where there is none
   */
  public BindingLoop(
      Cluster cluster,
      Cache<Pod> pods,
      Cache<Node> nodes,
      Cache<DisruptionBudget> budgets,
      Function<String, Map<String, String>> labelsOfNamespace,
      Clock clock) {
    this.cluster = cluster;
    this.pods = pods;
    this.nodes = nodes;
    this.budgets = budgets;
    this.budgetsOfNamespace = budgets.index(budget -> List.of(budget.namespace()));
    this.labelsOfNamespace = labelsOfNamespace;
    this.clock = clock;
    this.parked = new Parked(clock, queue);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    SeriesRecorder recorder = parts.add(new SeriesRecorder(cluster, NAME, NAME, clock));
    events = recorder;
    nodes.addHandler(new NodeHandler());
    pods.addHandler(new PodHandler());
    List<Cache<?>> all = List.of(nodes, pods, budgets);
    // Not before both caches are full: a node would look emptier than it is.
    parts.add(
        Background.whenSynced(
            "binding start", all, () -> parts.add(Workers.start(queue, WORKERS, this::bind))));
    parts.add(Background.every("binding flush", FLUSH, all, parked::flush));
    parts.add(Background.every("binding events", FLUSH, all, recorder::flush));
  }

  @Override
  public void close() {
    queue.shutDown();
    parts.close();
  }

  private static boolean waits(Pod pod) {
    return pod.nodeName().isEmpty()
        && pod.schedulerName().equals(NAME)
        && !pod.terminating()
        && !pod.terminal()
        && pod.spec().path("schedulingGates").isEmpty();
  }

  private void bind(ObjectKey key) {
    Pod pod = pods.get(key);
    if (pod == null || !waits(pod) || ledger.counts(pod.meta().uid())) {
      return;
    }
    switch (ledger.place(pod)) {
      case Placement.On on -> bind(pod, on.node());
      case Placement.Nowhere nowhere -> refuse(key, pod, nowhere);
    }
  }

  private void bind(Pod pod, String node) {
    try {
      cluster.post(Kinds.POD, pod.namespace(), pod.name(), "binding", binding(pod, node));
    } catch (StatusException e) {
      takeBack(pod);
      if (e.code() == 404 || e.reason() == StatusReason.CONFLICT) {
        return; // deleted, or bound already; the watch will say so
      }
      throw e;
    } catch (RuntimeException e) {
      takeBack(pod);
      throw e;
    }
    parked.forget(pod.meta().uid());
    Pod now = current(pod);
    if (now == null || now.terminal()) {
      ledger.release(pod.meta().uid()); // its end was seen before it was counted
    }
    tell(
        pod,
        null,
        "Normal",
        "Scheduled",
        "Binding",
        "Successfully assigned " + pod.namespace() + "/" + pod.name() + " to " + node);
  }

  /** The watch may have told of a binding while ours was under way: that one counts. */
  private void takeBack(Pod pod) {
    ledger.release(pod.meta().uid());
    Pod now = current(pod);
    if (now != null && !now.nodeName().isEmpty() && !now.terminal()) {
      ledger.occupy(now, now.nodeName());
    }
  }

  private @Nullable Pod current(Pod pod) {
    Pod now = pods.get(pod.namespace(), pod.name());
    return now != null && now.meta().uid().equals(pod.meta().uid()) ? now : null;
  }

  private static ObjectNode binding(Pod pod, String node) {
    ObjectNode binding = Json.object();
    binding.put("apiVersion", "v1");
    binding.put("kind", "Binding");
    ObjectNode metadata = binding.putObject("metadata");
    metadata.put("name", pod.name());
    metadata.put("namespace", pod.namespace());
    metadata.put("uid", pod.meta().uid());
    ObjectNode target = binding.putObject("target");
    target.put("apiVersion", "v1");
    target.put("kind", "Node");
    target.put("name", node);
    return binding;
  }

  private void refuse(ObjectKey key, Pod pod, Placement.Nowhere nowhere) {
    // Before the victims go: their end must find the pod waiting.
    parked.park(key, pod, nowhere.forOthers());
    if (current(pod) == null) {
      // Its end was told before it was parked: nobody will tell again.
      forget(pod);
      return;
    }
    String nominated =
        switch (nowhere.preemption()) {
          case Preemption.Victims victims -> victims.node();
          case Preemption.Helpless helpless -> "";
          case Preemption.NotEligible not -> nominatedNode(pod);
        };
    if (!explain(pod, nowhere.message(), nominated)) {
      forget(pod);
      return;
    }
    if (nowhere.preemption() instanceof Preemption.Victims victims && !makeRoom(pod, victims)) {
      queue.addAfter(key, AGAIN);
    }
  }

  private void forget(Pod pod) {
    parked.forget(pod.meta().uid());
    ledger.release(pod.meta().uid());
  }

  /** Writes the condition where it says something new; false where the pod is gone. */
  private boolean explain(Pod pod, String message, String nominated) {
    Condition told = Condition.find(pod.conditions(), "PodScheduled");
    boolean knows =
        told != null && told.message().equals(message) && told.reason().equals("Unschedulable");
    if (!knows || !nominated.equals(nominatedNode(pod))) {
      ObjectNode patch =
          Patches.condition(
              pod, "PodScheduled", "False", "Unschedulable", message, clock.instant());
      if (!nominated.equals(nominatedNode(pod))) {
        nominate(patch, nominated);
      }
      if (!Patches.podStatusIfThere(cluster, pod, patch)) {
        return false;
      }
    }
    String cut =
        message.length() <= EVENT_MESSAGE
            ? message
            : message.substring(0, EVENT_MESSAGE - 4) + " ...";
    tell(pod, null, "Warning", "FailedScheduling", "Scheduling", cut);
    return true;
  }

  private static String nominatedNode(Pod pod) {
    return pod.status().path("nominatedNodeName").asString("");
  }

  private static void nominate(ObjectNode patch, String node) {
    ObjectNode status = patch.withObject("status");
    if (node.isEmpty()) {
      status.putNull("nominatedNodeName");
    } else {
      status.put("nominatedNodeName", node);
    }
  }

  /** Sends the victims away, and who else waits for their room; whether all went well. */
  private boolean makeRoom(Pod pod, Preemption.Victims victims) {
    int failed =
        Parallel.forEach(
            "withdrawing a nomination",
            ledger.nominatedBelow(victims.node(), pod.priority()),
            this::withdraw);
    failed +=
        Parallel.forEach(
            "preemption",
            victims.pods().stream().filter(victim -> !victim.terminating()).toList(),
            victim -> preempt(victim, pod, victims.node()));
    return failed == 0;
  }

  private void withdraw(ObjectKey key) {
    Pod pod = pods.get(key);
    if (pod == null) {
      return;
    }
    ledger.nominate(pod, "");
    ObjectNode patch = Json.object();
    nominate(patch, "");
    if (Patches.podStatusIfThere(cluster, pod, patch)) {
      queue.add(key, priority(pod));
    }
  }

  private void preempt(Pod victim, Pod preemptor, String node) {
    ObjectNode mark =
        Patches.condition(
            victim,
            "DisruptionTarget",
            "True",
            Preemption.REASON,
            preemptor.schedulerName() + ": preempting to accommodate a higher priority pod",
            clock.instant());
    if (Patches.podStatusIfThere(cluster, victim, mark) && Patches.deleteIfThere(cluster, victim)) {
      tell(
          victim,
          preemptor,
          "Normal",
          "Preempted",
          "Preempting",
          "Preempted by pod " + preemptor.meta().uid() + " on node " + node);
    }
  }

  private void tell(
      Pod pod, @Nullable Pod related, String type, String reason, String action, String message) {
    SeriesRecorder recorder = events;
    if (recorder != null) {
      recorder.tell(
          ObjectReference.of(pod.document()),
          related == null ? null : ObjectReference.of(related.document()),
          type,
          reason,
          action,
          message);
    }
  }

  private static int priority(Pod pod) {
    return (int) Math.clamp(pod.priority(), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private final class Caches implements Ledger.Outside {
    @Override
    public @Nullable Pod newest(ObjectKey key, String uid) {
      Pod now = pods.get(key);
      return now != null && now.meta().uid().equals(uid) ? now : null;
    }

    @Override
    public List<DisruptionBudget> budgets(String namespace) {
      return budgetsOfNamespace.get(namespace);
    }

    @Override
    public Map<String, String> labelsOf(String namespace) {
      return labelsOfNamespace.apply(namespace);
    }
  }

  private final class NodeHandler implements Handler<Node> {
    @Override
    public void added(Node now) {
      ledger.put(now);
      parked.nodeChanged(now.name());
    }

    @Override
    public void updated(Node old, Node now) {
      if (ledger.put(now)) {
        parked.nodeChanged(now.name());
      }
    }

    @Override
    public void deleted(Node last) {
      ledger.remove(last);
    }
  }

  private final class PodHandler implements Handler<Pod> {
    @Override
    public void added(Pod now) {
      if (!nominatedNode(now).isEmpty()) {
        ledger.nominate(now, nominatedNode(now));
      }
      changed(now);
    }

    @Override
    public void updated(Pod old, Pod now) {
      if (!nominatedNode(old).equals(nominatedNode(now))) {
        ledger.nominate(now, nominatedNode(now));
      }
      boolean onlyStatus =
          sameSpec(old, now)
              && (now.nodeName().isEmpty() || !Demand.resized(old, now))
              && old.meta().labels().equals(now.meta().labels())
              && old.terminating() == now.terminating()
              && old.terminal() == now.terminal();
      // Our own condition must not bring the pod back at once.
      if (!onlyStatus) {
        changed(now);
      }
    }

    /**
     * By the server's count of its changes; binding is not counted, nor is anything by old ones.
     */
    private static boolean sameSpec(Pod old, Pod now) {
      long generation = now.meta().generation();
      return generation > 0 && generation == old.meta().generation()
          ? now.nodeName().equals(old.nodeName())
          : old.spec().equals(now.spec());
    }

    @Override
    public void deleted(Pod last) {
      gone(last);
    }

    private void changed(Pod pod) {
      if (pod.terminal()) {
        gone(pod);
      } else if (!pod.nodeName().isEmpty()) {
        parked.forget(pod.meta().uid());
        ledger.occupy(pod, pod.nodeName());
        parked.podChanged();
      } else if (waits(pod)) {
        queue.add(ObjectKey.of(pod.document()), priority(pod));
      }
    }

    private void gone(Pod pod) {
      parked.forget(pod.meta().uid());
      String node = ledger.release(pod.meta().uid());
      if (node != null) {
        parked.nodeChanged(node);
      }
    }
  }
}
