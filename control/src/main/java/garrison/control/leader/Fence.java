package garrison.control.leader;

import garrison.client.CallInterceptor;
import garrison.client.UnreachableException;
import garrison.client.queue.Timer;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets writes through only while this program leads: a write that is decided on before the lease is
 * lost is not sent after it. Reads always pass, and events, which tell and change nothing.
 *
 * <p>What it cannot do: take back a write that the server has received and not yet carried out. The
 * time between the renew deadline and the end of the lease is there for those. Thread-safe.
 */
public final class Fence implements CallInterceptor {
  private static final Set<Verb> READS = EnumSet.of(Verb.GET, Verb.LIST, Verb.WATCH);

  private final Timer timer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition quiet = lock.newCondition();
  private boolean limited = true;
  private boolean closed;
  private long until;
  private int underWay;

  /** A fence that nothing passes before {@link #openUntil} or {@link #open}. */
  public Fence(Timer timer) {
    this.timer = timer;
    this.until = timer.nanos();
  }

  /** Lets writes through until then, by the timer's nanoseconds; again to prolong it. */
  public void openUntil(long nanos) {
    lock.lock();
    try {
      until = nanos;
    } finally {
      lock.unlock();
    }
  }

  /** Lets writes through until it is closed: for a program that stands for no election. */
  public void open() {
    lock.lock();
    try {
      limited = false;
    } finally {
      lock.unlock();
    }
  }

  /** Lets no write through any more, for ever. */
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the writes under way; false where some are after that time. */
  public boolean awaitQuiet(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (underWay > 0 && left > 0) {
        left = quiet.awaitNanos(left);
      }
      return underWay == 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public <T> T around(Verb verb, Kind kind, Supplier<T> call) {
    if (READS.contains(verb) || kind.equals(Kinds.EVENT)) {
      return call.get();
    }
    enter();
    try {
      return call.get();
    } finally {
      leave();
    }
  }

  private void enter() {
    lock.lock();
    try {
      if (closed || (limited && timer.nanos() - until >= 0)) {
        throw new UnreachableException(
            "not sent: this program does not lead any more",
            new IllegalStateException(closed ? "its term is over" : "the lease was not renewed"));
      }
      underWay++;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      underWay--;
      quiet.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
