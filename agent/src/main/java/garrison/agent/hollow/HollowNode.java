package garrison.agent.hollow;

import garrison.agent.node.NodeConditions;
import garrison.agent.node.NodeDocument;
import garrison.agent.node.NodeLife;
import garrison.agent.node.Pressure;
import garrison.client.BackOff;
import garrison.client.Cluster;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One simulated node: its life, its watch, and the pods about which something is still to be done;
 * those that run need no memory here. The fleet's workers drive it, one at a time.
 */
final class HollowNode implements WatchListener {
  private static final Logger log = LoggerFactory.getLogger(HollowNode.class);
  private static final NodeConditions WELL = new NodeConditions(Pressure.NONE, List.of(), null);

  private final NodeDocument document;
  private final Cluster cluster;
  private final HollowFleet fleet;
  private final NodeLife life;
  private final BackOff backOff;
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();
  private volatile @Nullable Watch watch;
  private volatile boolean watching;

  /**
   * A pod with something to do.
   *
   * @param pod as last seen; shared, not to be changed
   * @param due when a step may go on that had to wait; null where none had
   */
  record Pending(ObjectNode pod, @Nullable Instant due) {}

  HollowNode(NodeDocument document, Cluster cluster, HollowFleet fleet, Clock clock, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    this.document = document;
    this.cluster = cluster;
    this.fleet = fleet;
    this.life = new NodeLife(cluster, document, () -> WELL, clock, random);
    this.backOff = new BackOff(Duration.ofMillis(200), Duration.ofSeconds(7), random);
  }

  String name() {
    return document.name();
  }

  String address() {
    return document.address();
  }

  Cluster cluster() {
    return cluster;
  }

  boolean registered() {
    return life.uid() != null;
  }

  /** Registers, renews and watches, whatever is due; answers when to come again. */
  Duration tick() {
    Duration next = life.tick();
    if (!watching) {
      watching = true; // before the call: the watch may end within it
      try {
        watch =
            cluster.watch(
                Kinds.POD, "", new WatchOptions("", "spec.nodeName=" + name(), "", true), this);
      } catch (RuntimeException e) {
        watching = false;
        throw e;
      }
    }
    backOff.reset();
    return next;
  }

  /** How long to leave a server alone that refused or did not answer. */
  Duration pause() {
    return backOff.next();
  }

  @Override
  public void event(WatchEvent event) {
    switch (event.type()) {
      case ADDED, MODIFIED -> {
        String uid = uid(event.object());
        pending.compute(
            uid, (key, old) -> new Pending(event.object(), old == null ? null : old.due()));
        fleet.podChanged(new HollowFleet.PodRef(this, uid));
      }
      case DELETED -> pending.remove(uid(event.object()));
      case BOOKMARK -> {}
      case ERROR -> log.debug("{}: watch: {}", name(), event.object());
    }
  }

  private static String uid(ObjectNode pod) {
    return pod.path("metadata").path("uid").asString("");
  }

  @Override
  public void closed(@Nullable Throwable cause) {
    watching = false;
    fleet.watchEnded(this);
  }

  @Nullable Pending pending(String uid) {
    return pending.get(uid);
  }

  /** Nothing more to do for it, if it is still as it was. */
  void done(String uid, Pending what) {
    pending.remove(uid, what);
  }

  /** The step goes on then, if the pod is still as it was. */
  void wait(String uid, Pending what, Instant due) {
    pending.replace(uid, what, new Pending(what.pod(), due));
  }

  void close() {
    Watch open = watch;
    if (open != null) {
      open.close();
    }
  }
}
