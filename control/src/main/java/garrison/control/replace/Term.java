package garrison.control.replace;

import garrison.client.Cluster;
import garrison.client.InterceptedCluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Scope;
import garrison.client.queue.RateLimit;
import garrison.client.queue.Timer;
import garrison.control.Informers;
import garrison.control.Parts;
import garrison.control.daemonset.DaemonSetLoop;
import garrison.control.leader.Fence;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One leadership from its start to its end: the caches, the loop that reads them, and what its
 * writes go through. A new one is made each time, since nothing may be left of the one before.
 */
final class Term {
  private static final Logger log = LoggerFactory.getLogger(Term.class);
  private static final Duration CALLS_END_WITHIN = Duration.ofSeconds(15);

  private final Fence fence;
  private final RateLimit limit;
  private final Parts parts = new Parts();
  private final List<Cache<?>> caches;

  private Term(Fence fence, RateLimit limit, List<Cache<?>> caches) {
    this.fence = fence;
    this.limit = limit;
    this.caches = caches;
  }

  /**
   * Begins to read at once; writes pass once the fence is opened.
   *
   * @param rival called where another DaemonSet controller is noticed
   */
  static Term start(
      Cluster cluster,
      ReplacingController.Settings settings,
      Fence fence,
      Clock clock,
      MeterRegistry meters,
      Consumer<String> rival) {
    RateLimit limit = new RateLimit(settings.perSecond(), settings.burst(), Timer.system());
    // From the outside in: wait for a turn, then see whether it may still be sent, then count it.
    Cluster acting =
        new InterceptedCluster(
            new InterceptedCluster(new InterceptedCluster(cluster, new Requests(meters)), fence),
            limit);
    Informers informers = new Informers(cluster);
    Cache<Node> nodes = informers.nodes();
    Cache<Pod> pods = informers.pods();
    Cache<DaemonSet> daemonSets = informers.follow(Kinds.DAEMON_SET, Scope.ALL, DaemonSet::of);
    DaemonSetLoop loop = new DaemonSetLoop(acting, nodes, pods, clock, meters);
    RivalWatch.start(daemonSets, pods, settings.fieldManager(), rival);
    Term term = new Term(fence, limit, List.of(nodes, pods, daemonSets));
    term.parts.add(informers);
    loop.start();
    term.parts.add(loop);
    informers.start();
    return term;
  }

  /** Whether all that it decides by has been read once. */
  boolean ready() {
    return caches.stream().allMatch(Cache::hasSynced);
  }

  /**
   * Ends it: no write is begun any more, and those under way are waited for.
   *
   * @return whether all of them have ended
   */
  boolean close() {
    fence.close();
    limit.close();
    boolean quiet = false;
    try {
      quiet = fence.awaitQuiet(CALLS_END_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    parts.close();
    if (!quiet) {
      log.warn("calls to the API server are still under way; the lease is left to run out");
    }
    return quiet;
  }
}
