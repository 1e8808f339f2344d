package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the history by age and by size. The store counts revisions and knows no time, so this
 * remembers which revision was there when. Thread-safe.
 */
final class HistoryKeeper {
  private final Store store;
  private final ResourceCache cache;
  private final Deque<Mark> marks = new ArrayDeque<>();

  private record Mark(Instant when, long revision) {}

  HistoryKeeper(Store store, ResourceCache cache) {
    this.store = store;
    this.cache = cache;
  }

  synchronized void compact(Instant now, Duration keep, long mostChanges) {
    long revision = store.revision();
    long target = Math.max(0, revision - mostChanges);
    Instant horizon = now.minus(keep);
    while (!marks.isEmpty() && !marks.getFirst().when().isAfter(horizon)) {
      target = Math.max(target, marks.removeFirst().revision());
    }
    marks.addLast(new Mark(now, revision));
    if (target > store.compactedRevision()) {
      store.compact(target);
      cache.compacted(target);
    }
  }
}
