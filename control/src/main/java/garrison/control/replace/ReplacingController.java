package garrison.control.replace;

import garrison.client.Cluster;
import garrison.client.queue.Timer;
import garrison.control.leader.ElectionTimes;
import garrison.control.leader.Fence;
import garrison.control.leader.LeaderElector;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The DaemonSet controller of an existing Kubernetes, in the place of its own.
 *
 * <ol>
 *   <li>It acts only while it holds its lease: a write decided on before a loss is not sent after
 *       it ({@link Fence}).
 *   <li>A lease that is lost ends all work; it then stands for election again, and begins as after
 *       a restart.
 *   <li>Told to end, it begins nothing more, waits for the calls under way, and only then gives the
 *       lease up: the next one can begin at once, and what this one did is all there.
 *   <li>Where the cluster's own controller turns out to run, it ends in the same way, and {@link
 *       #run} throws.
 * </ol>
 *
 * <p>It keeps nothing: whoever takes over, the built-in controller too, finds all in the cluster.
 */
public final class ReplacingController implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplacingController.class);
  private static final Duration END_WITHIN = Duration.ofSeconds(40);

  /**
   * How it is to run.
   *
   * @param election what it stands for; null to act without asking anybody
   * @param perSecond requests to the API server in the long run, those for the lease apart
   * @param burst the same at once
   * @param fieldManager the name by which the API server knows our writes
   */
  public record Settings(
      @Nullable Election election, double perSecond, int burst, String fieldManager) {}

  /**
   * A lease, and who stands for it.
   *
   * @param identity unlike any other program's
   */
  public record Election(String namespace, String name, String identity, ElectionTimes times) {}

  private final Cluster cluster;
  private final Settings settings;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Consumer<String> tell;
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final CompletableFuture<String> rival = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean started;
  private volatile @Nullable Term term;

  /**
   * Assembles it; nothing is asked before {@link #run}.
   *
   * @param tell takes what people want to know of its leadership, a line at a time
   */
  public ReplacingController(
      Cluster cluster,
      Settings settings,
      Clock clock,
      MeterRegistry meters,
      Consumer<String> tell) {
    this.cluster = cluster;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
    this.tell = tell;
    Gauge.builder("garrison.leader", () -> term == null ? 0 : 1)
        .description("Whether this program acts at present")
        .register(meters);
  }

  /**
   * Runs until it is closed. Once.
   *
   * @throws RivalException where another DaemonSet controller is at work in the cluster
   */
  public void run() {
    started = true;
    rival.thenRun(() -> stop.complete(null));
    try {
      if (settings.election() == null) {
        runAlone();
      } else {
        runElected(settings.election());
      }
    } finally {
      ended.countDown();
    }
    Optional.ofNullable(rival.getNow(null))
        .ifPresent(
            evidence -> {
              throw new RivalException(evidence);
            });
  }

  private void runAlone() {
    Fence fence = new Fence(Timer.system());
    fence.open();
    Term running = begin(fence);
    stop.join();
    end(running);
  }

  private void runElected(Election election) {
    LeaderElector elector =
        new LeaderElector(
            cluster,
            election.namespace(),
            election.name(),
            election.identity(),
            election.times(),
            clock,
            Timer.system(),
            RandomGenerator.getDefault(),
            tell);
    while (elector.acquire(stop)) {
      Fence fence = new Fence(Timer.system());
      Term running = begin(fence);
      LeaderElector.End how = elector.keep(fence, stop);
      boolean quiet = end(running);
      if (quiet && how == LeaderElector.End.STOPPED) {
        elector.release();
      }
    }
  }

  private Term begin(Fence fence) {
    Term begun = Term.start(cluster, settings, fence, clock, meters, rival::complete);
    term = begun;
    return begun;
  }

  private boolean end(Term running) {
    term = null;
    return running.close();
  }

  /**
   * Why it is not of use yet, in a sentence; empty where it is. One that stands by is of use: it
   * would take over.
   */
  public String unready() {
    if (stop.isDone()) {
      return "it is ending";
    }
    Term running = term;
    return running == null || running.ready()
        ? ""
        : "the nodes, pods and DaemonSets of the cluster are not all read yet";
  }

  /** Ends it, as said above, and waits for that. Idempotent. */
  @Override
  public void close() {
    stop.complete(null);
    try {
      if (started && !ended.await(END_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("the controller does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
