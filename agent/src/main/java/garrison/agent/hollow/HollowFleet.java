package garrison.agent.hollow;

import garrison.agent.node.MachineFacts;
import garrison.agent.node.NodeDocument;
import garrison.agent.pod.ContainerView;
import garrison.agent.pod.PodContext;
import garrison.agent.pod.Told;
import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.client.UnreachableException;
import garrison.client.events.EventRecorder;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.model.Resources;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Many simulated nodes in one process. To the API server each is a node like any other: it
 * registers, renews its lease, watches its pods and reports them; but nothing runs, and a pod is
 * Ready as soon as it is seen. See {@link HollowPod} for what it says of pods.
 *
 * <p>A node costs a watch and about a kilobyte: all share a few workers and one timer. A server
 * that is away is waited for; a Node that somebody deleted is not made again, as a real agent does
 * not. Thread-safe.
 */
public final class HollowFleet implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HollowFleet.class);

  /** Label of all hollow nodes, so that they can be told from real ones. */
  public static final String LABEL = "fleet.garrison/hollow";

  private static final int NODE_WORKERS = 32;
  private static final int POD_WORKERS = 64;
  private static final int SECOND_BYTE = 256;

  private final Clock clock;
  private final List<HollowNode> nodes = new ArrayList<>();
  private final WorkQueue<HollowNode> lives = new WorkQueue<>("hollow-nodes", Timer.system());
  private final WorkQueue<PodRef> pods = new WorkQueue<>("hollow-pods", Timer.system());
  private final Map<String, EventRecorder> recorders = new ConcurrentHashMap<>();
  private final CountDownLatch unregistered;
  private final List<Workers<?>> workers = new ArrayList<>();
  private volatile boolean closed;

  /** A pod on its node. */
  record PodRef(HollowNode node, String uid) {}

  private HollowFleet(
      Function<String, Cluster> clusterOfNode, String prefix, int count, Clock clock) {
    this.clock = clock;
    this.unregistered = new CountDownLatch(count);
    int digits = Math.max(4, Integer.toString(Math.max(0, count - 1)).length());
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(prefix + "-" + "0".repeat(digits - Integer.toString(i).length()) + i);
    }
    List<Cluster> clusters = clusters(clusterOfNode, names);
    for (int i = 0; i < count; i++) {
      nodes.add(new HollowNode(document(names.get(i), i), clusters.get(i), this, clock, i));
    }
  }

  /** Each may ask the server for a credential: a thousand one after the other takes its time. */
  private static List<Cluster> clusters(
      Function<String, Cluster> clusterOfNode, List<String> names) {
    try (ExecutorService asking =
        Executors.newFixedThreadPool(
            NODE_WORKERS, Thread.ofVirtual().name("hollow-join-", 0).factory())) {
      List<Future<Cluster>> asked =
          names.stream().map(name -> asking.submit(() -> clusterOfNode.apply(name))).toList();
      List<Cluster> clusters = new ArrayList<>(names.size());
      try {
        for (Future<Cluster> one : asked) {
          clusters.add(one.get());
        }
      } catch (ExecutionException e) {
        asking.shutdownNow(); // the others would be refused as well
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        asking.shutdownNow();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while its nodes joined", e);
      }
      return clusters;
    }
  }

  /**
   * Starts {@code count} of them, named {@code prefix-0000} and so on; they register in the
   * background.
   *
   * @param clusterOfNode the API as the node of that name sees it; called once for each, by several
   *     threads; what it throws ends the start
   */
  public static HollowFleet start(
      Function<String, Cluster> clusterOfNode, String prefix, int count) {
    return start(clusterOfNode, prefix, count, Clock.systemUTC());
  }

  /** The same with another clock. */
  public static HollowFleet start(
      Function<String, Cluster> clusterOfNode, String prefix, int count, Clock clock) {
    HollowFleet fleet = new HollowFleet(clusterOfNode, prefix, count, clock);
    fleet.workers.add(Workers.start(fleet.lives, NODE_WORKERS, fleet::live));
    fleet.workers.add(Workers.start(fleet.pods, POD_WORKERS, fleet::runPod));
    fleet.nodes.forEach(fleet.lives::add);
    return fleet;
  }

  /** The names of its nodes, in order. */
  public List<String> nodeNames() {
    return nodes.stream().map(HollowNode::name).toList();
  }

  /** Waits until each node was registered once; false where that took longer. */
  public boolean awaitRegistered(Duration atMost) throws InterruptedException {
    return unregistered.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends all at once; their Nodes stay, and become NotReady as those of dead machines do. */
  @Override
  public void close() {
    closed = true;
    nodes.forEach(HollowNode::close);
    workers.forEach(Workers::close);
    recorders.values().forEach(EventRecorder::close);
  }

  void podChanged(PodRef pod) {
    pods.add(pod);
  }

  void watchEnded(HollowNode node) {
    if (!closed) {
      lives.addAfter(node, node.pause());
    }
  }

  private void live(HollowNode node) {
    boolean known = node.registered();
    try {
      lives.addAfter(node, node.tick());
    } catch (StatusException | UnreachableException e) {
      log.debug("hollow node {}: {}; trying again", node.name(), e.getMessage());
      lives.addAfter(node, node.pause());
    }
    if (!known && node.registered()) {
      unregistered.countDown();
    }
  }

  private void runPod(PodRef ref) {
    HollowNode.Pending what = ref.node().pending(ref.uid());
    if (what == null) {
      return;
    }
    Instant now = clock.instant();
    boolean waited = what.due() != null && !now.isBefore(what.due());
    PodContext context =
        new PodContext(
            what.pod(),
            ref.node().name(),
            ref.node().address(),
            Resources.NONE,
            List.of(ref.node().address()));
    try {
      switch (HollowPod.step(context, now, waited)) {
        case HollowStep.Nothing() -> ref.node().done(ref.uid(), what);
        case HollowStep.Later(Duration wait) -> {
          if (what.due() == null) {
            ref.node().wait(ref.uid(), what, now.plus(wait));
          }
          pods.addAfter(ref, wait);
        }
        case HollowStep.Delete() -> {
          ref.node()
              .cluster()
              .delete(Kinds.POD, context.namespace(), context.name(), DeleteOptions.now(ref.uid()));
          ref.node().done(ref.uid(), what);
        }
        case HollowStep.Report(ObjectNode status, List<ContainerView> failing) -> {
          report(context, ref.node().cluster(), status);
          tell(context, ref.node(), failing);
          ref.node().done(ref.uid(), what);
        }
      }
    } catch (StatusException e) {
      if (e.reason() == StatusReason.NOT_FOUND || e.reason() == StatusReason.CONFLICT) {
        ref.node().done(ref.uid(), what); // another pod of that name, or none: the watch tells
        return;
      }
      log.warn("hollow pod {}: {}; trying again", context.full(), e.message());
      pods.addAfter(ref, Duration.ofSeconds(1));
    } catch (UnreachableException e) {
      pods.addAfter(ref, Duration.ofSeconds(1));
    }
  }

  private static void report(PodContext context, Cluster cluster, ObjectNode status) {
    ObjectNode patch = Json.object();
    patch.putObject("metadata").put("uid", context.uid());
    patch.set("status", status);
    cluster.patch(
        Kinds.POD, context.namespace(), context.name(), PatchType.STRATEGIC, patch, "status");
  }

  private void tell(PodContext context, HollowNode node, List<ContainerView> failing) {
    if (failing.isEmpty()) {
      return;
    }
    EventRecorder recorder =
        recorders.computeIfAbsent(
            node.name(), name -> new EventRecorder(node.cluster(), "kubelet", name, clock));
    Told told = new Told(recorder, context);
    for (ContainerView view : failing) {
      String image = view.spec().path("image").asString("");
      if (HollowPod.reason(view).equals(HollowPod.PULL_FAILED)) {
        told.normal(view, "Pulling", "Pulling image \"" + image + "\"");
        told.warning(
            view, "Failed", "Failed to pull image \"" + image + "\": " + HollowPod.failure(image));
      } else {
        told.normal(view, "BackOff", HollowPod.backOff(image));
      }
      told.warning(view, "Failed", "Error: " + HollowPod.reason(view));
    }
  }

  /** A middling machine, each with an address of the block that is kept for benchmarks. */
  private static NodeDocument document(String name, int index) {
    String id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    MachineFacts facts =
        new MachineFacts(
            name,
            "amd64",
            4,
            16L << 30,
            100L << 30,
            id.replace("-", ""),
            id,
            id,
            "hollow",
            "Garrison hollow node");
    String address =
        "198."
            + (18 + index / (SECOND_BYTE * SECOND_BYTE) % 2)
            + "."
            + index / SECOND_BYTE % SECOND_BYTE
            + "."
            + index % SECOND_BYTE;
    return new NodeDocument(
        name,
        address,
        0,
        facts,
        () -> HollowPod.RUNTIME + "://1",
        Map.of(LABEL, "true"),
        List.of());
  }
}
