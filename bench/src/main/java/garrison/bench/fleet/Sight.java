package garrison.bench.fleet;

import garrison.bench.BenchFailure;
import garrison.client.Cluster;
import garrison.client.cache.Handler;
import garrison.client.cache.ObjectKey;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.kind.Kind;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * How many objects look as wished, by a watch. A change of one object costs O(1), so looking on
 * disturbs what is measured as little as can be. Thread-safe.
 */
final class Sight implements Handler<ObjectNode>, AutoCloseable {
  private static final Duration SYNC = Duration.ofSeconds(30);

  private final Predicate<ObjectNode> wished;
  private final Reflector<ObjectNode> reflector;
  private final Set<ObjectKey> counted = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private Sight(Cluster cluster, Kind kind, Scope scope, Predicate<ObjectNode> wished) {
    this.wished = wished;
    this.reflector = new Reflector<>(cluster, kind, scope, document -> document);
  }

  /** Looks on from now: comes back once all present objects are counted. */
  static Sight open(Cluster cluster, Kind kind, Scope scope, Predicate<ObjectNode> wished)
      throws InterruptedException {
    Sight sight = new Sight(cluster, kind, scope, wished);
    sight.reflector.cache().addHandler(sight);
    sight.reflector.start();
    if (!sight.reflector.cache().awaitSync(SYNC)) {
      sight.close();
      throw new BenchFailure("the watch of " + kind.plural() + " does not begin");
    }
    return sight;
  }

  /** Waits until exactly that many look as wished. */
  void await(int count, Duration atMost, String what) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (counted.size() != count) {
        if (left <= 0) {
          throw new BenchFailure(
              "%s: not there after %d s (%d of %d)"
                  .formatted(what, atMost.toSeconds(), counted.size(), count));
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void added(ObjectNode now) {
    count(now, wished.test(now));
  }

  @Override
  public void updated(ObjectNode old, ObjectNode now) {
    count(now, wished.test(now));
  }

  @Override
  public void deleted(ObjectNode last) {
    count(last, false);
  }

  private void count(ObjectNode object, boolean counts) {
    ObjectKey key = ObjectKey.of(object);
    lock.lock();
    try {
      if (counts ? counted.add(key) : counted.remove(key)) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    reflector.close();
  }
}
