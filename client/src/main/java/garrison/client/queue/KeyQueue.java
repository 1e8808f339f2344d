package garrison.client.queue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue of keys that need work.
 *
 * <ul>
 *   <li>A key waits in it once, however often it is added.
 *   <li>A key is worked on by one taker at a time. Added meanwhile, it waits until {@link #done}
 *       and is then handed out again: no change is missed.
 *   <li>Higher priority first, then first come, first served. A waiting key that is added again
 *       with a higher priority moves up.
 *   <li>After {@link #shutDown} nothing is added, and {@link #take} answers null.
 * </ul>
 *
 * Thread-safe. Adding costs O(log n).
 */
public final class KeyQueue<K> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition available = lock.newCondition();
  private final Map<K, Waiting<K>> waiting = new HashMap<>();
  private final Map<K, Integer> again = new HashMap<>();
  private final Set<K> working = new HashSet<>();
  private final PriorityQueue<Waiting<K>> order = new PriorityQueue<>();
  private long sequence;
  private boolean down;

  private record Waiting<K>(K key, int priority, long sequence) implements Comparable<Waiting<K>> {
    @Override
    public int compareTo(Waiting<K> other) {
      int byPriority = Integer.compare(other.priority, priority);
      return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
    }
  }

  /** Adds a key with this priority, or lifts the waiting one to it. */
  public void add(K key, int priority) {
    lock.lock();
    try {
      if (down) {
        return;
      }
      if (working.contains(key)) {
        again.merge(key, priority, Math::max);
      } else {
        enqueue(key, priority);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The next key, once there is one; null when the queue is shut down. */
  public @Nullable K take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!down) {
        Waiting<K> next = order.poll();
        if (next == null) {
          available.await();
        } else if (waiting.get(next.key()) == next) { // else it moved up and was handed out
          waiting.remove(next.key());
          working.add(next.key());
          return next.key();
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** The taker of a key has finished with it, well or not. */
  public void done(K key) {
    lock.lock();
    try {
      working.remove(key);
      Integer priority = again.remove(key);
      if (priority != null && !down) {
        enqueue(key, priority);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many keys wait; those being worked on are not counted. */
  public int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** No more work; wakes all takers. */
  public void shutDown() {
    lock.lock();
    try {
      down = true;
      available.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(K key, int priority) {
    Waiting<K> present = waiting.get(key);
    if (present != null && present.priority() >= priority) {
      return;
    }
    Waiting<K> next = new Waiting<>(key, priority, sequence++);
    waiting.put(key, next);
    order.add(next);
    available.signal();
  }
}
