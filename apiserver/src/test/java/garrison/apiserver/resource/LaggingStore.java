package garrison.apiserver.resource;

import garrison.store.Store;
import org.jspecify.annotations.Nullable;

/** A store whose watches hear of a write only after the writer has its answer. */
final class LaggingStore implements Store {
  private final Store store;
  private long answered;
  private boolean closed;

  LaggingStore(Store store) {
    this.store = store;
  }

  private synchronized long answer(long revision) {
    answered = Math.max(answered, revision);
    notifyAll();
    return revision;
  }

  private synchronized void awaitAnswer(long revision) {
    try {
      while (answered < revision && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long revision() {
    return store.revision();
  }

  @Override
  public long compactedRevision() {
    return store.compactedRevision();
  }

  @Override
  public @Nullable Entry get(String key) {
    return store.get(key);
  }

  @Override
  public Page list(String prefix, long revision, int limit, String after) {
    return store.list(prefix, revision, limit, after);
  }

  @Override
  public long put(String key, byte[] value, long expected) {
    return answer(store.put(key, value, expected));
  }

  @Override
  public long delete(String key, byte[] lastValue, long expected) {
    return answer(store.delete(key, lastValue, expected));
  }

  @Override
  public Subscription watch(String prefix, long after, Listener listener) {
    return store.watch(
        prefix,
        after,
        change -> {
          awaitAnswer(change.revision());
          listener.changed(change);
        });
  }

  @Override
  public void compact(long revision) {
    store.compact(revision);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    store.close();
  }
}
