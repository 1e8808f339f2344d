package garrison.control.ownergc;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.cache.Scope;
import garrison.client.events.EventRecorder;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Informers;
import garrison.control.Loop;
import garrison.control.Parts;
import garrison.model.Meta;
import garrison.model.OwnerReference;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * The garbage collector (spec: api-server 10.5). It follows the metadata of every kind that can be
 * deleted, events apart, and looks at an object when
 *
 * <ul>
 *   <li>one of its owners is gone, or is not known: {@link Collector#collect} asks the server, and
 *       deletes the object where no owner is left;
 *   <li>it is deleted in the foreground: it goes once its blocking dependents have gone;
 *   <li>it is deleted as an orphan-maker: its dependents lose their reference to it, then it goes.
 * </ul>
 */
public final class OwnerGcLoop implements Loop {
  /** Its name. */
  public static final String NAME = "garbage-collector-controller";

  private static final int WORKERS = 20;

  private final Cluster cluster;
  private final Clock clock;
  private final Informers informers;
  private final OwnerGraph graph = new OwnerGraph();
  private final WorkQueue<String> collecting = new WorkQueue<>("owner gc", Timer.system());
  private final WorkQueue<String> orphaning = new WorkQueue<>("owner gc orphans", Timer.system());
  private final List<Cache<Item>> caches = new ArrayList<>();
  private final Parts parts = new Parts();

  /** Over a cluster; it makes its own caches. */
  public OwnerGcLoop(Cluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
    this.informers = new Informers(cluster);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    EventRecorder events = parts.add(new EventRecorder(cluster, NAME, "", clock));
    Collector collector = new Collector(cluster, graph, events, collecting::add);
    for (Kind kind : Kinds.all()) {
      if (isCollected(kind)) {
        Cache<Item> cache =
            informers.follow(kind, Scope.ALL, document -> new Item(kind, Meta.of(document)));
        cache.addHandler(new GraphHandler());
        caches.add(cache);
      }
    }
    parts.add(informers);
    informers.start();
    // With a part of the graph missing, a living owner would look gone.
    parts.add(
        Background.whenSynced(
            "owner gc start",
            List.copyOf(caches),
            () -> {
              parts.add(Workers.start(collecting, WORKERS, collector::collect));
              parts.add(Workers.start(orphaning, WORKERS, collector::orphanDependents));
            }));
  }

  @Override
  public void close() {
    collecting.shutDown();
    orphaning.shutDown();
    parts.close();
  }

  private static boolean isCollected(Kind kind) {
    return kind.allows(Verb.LIST)
        && kind.allows(Verb.WATCH)
        && kind.allows(Verb.DELETE)
        && kind.storedAs() == null
        && !kind.has(Trait.REVIEW)
        && !kind.equals(Kinds.EVENT);
  }

  private final class GraphHandler implements Handler<Item> {
    @Override
    public void added(Item now) {
      graph.put(now);
      look(now);
    }

    @Override
    public void updated(Item old, Item now) {
      added(now);
      // Who was let go, or goes another way now, may free an owner that waits.
      for (OwnerReference owner : old.meta().ownerReferences()) {
        if (!now.meta().ownerReferences().contains(owner)) {
          wakeOwner(owner.uid());
        }
      }
    }

    @Override
    public void deleted(Item last) {
      graph.remove(last);
      graph.dependents(last.uid()).forEach(dependent -> collecting.add(dependent.uid()));
      last.meta().ownerReferences().forEach(owner -> wakeOwner(owner.uid()));
    }

    private void look(Item item) {
      if (item.orphansDependents()) {
        orphaning.add(item.uid());
      } else if (item.awaitsDependents()) {
        collecting.add(item.uid());
        graph.dependents(item.uid()).forEach(dependent -> collecting.add(dependent.uid()));
      } else if (!item.meta().deleting() && hasDoubtfulOwner(item)) {
        collecting.add(item.uid());
      }
    }

    private boolean hasDoubtfulOwner(Item item) {
      for (OwnerReference reference : item.meta().ownerReferences()) {
        Item owner = graph.get(reference.uid());
        if (owner == null || owner.awaitsDependents()) {
          return true;
        }
      }
      return false;
    }

    private void wakeOwner(String uid) {
      Item owner = graph.get(uid);
      if (owner != null && owner.awaitsDependents()) {
        collecting.add(uid);
      }
    }
  }
}
