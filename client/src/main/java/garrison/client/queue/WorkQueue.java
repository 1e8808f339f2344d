package garrison.client.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The queue of a loop: {@link KeyQueue} with delayed adds and retries that slow down. Thread-safe.
 * Take, work, then {@link #done}; see {@link Workers}.
 */
public final class WorkQueue<K> {
  private final String name;
  private final KeyQueue<K> queue = new KeyQueue<>();
  private final DelayedAdds<K> delayed;
  private final RetryDelays<K> retries;

  /** An empty queue; the name is for logs. */
  public WorkQueue(String name, Timer timer) {
    this.name = name;
    this.delayed = new DelayedAdds<>(timer, this::add);
    this.retries = new RetryDelays<>(timer);
  }

  /** The name for logs. */
  public String name() {
    return name;
  }

  /** Adds with priority 0. */
  public void add(K key) {
    queue.add(key, 0);
  }

  /** Adds; higher priorities are taken first. */
  public void add(K key, int priority) {
    queue.add(key, priority);
  }

  /** Adds after a delay, or at the due time the key already has, whichever comes first. */
  public void addAfter(K key, Duration delay) {
    delayed.addAfter(key, delay);
  }

  /** Adds after the wait that the key's failures so far have earned. */
  public void addRateLimited(K key) {
    delayed.addAfter(key, retries.next(key));
  }

  /** Forgets the key's failures. */
  public void forget(K key) {
    retries.forget(key);
  }

  /** How often the key failed since it last went well. */
  public int retries(K key) {
    return retries.count(key);
  }

  /** The next key; null once the queue is shut down. */
  public @Nullable K take() throws InterruptedException {
    return queue.take();
  }

  /** Work on a taken key has ended. */
  public void done(K key) {
    queue.done(key);
  }

  /** Keys that wait now. */
  public int size() {
    return queue.size();
  }

  /** Ends it: takers get null. */
  public void shutDown() {
    queue.shutDown();
  }
}
