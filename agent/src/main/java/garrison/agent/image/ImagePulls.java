package garrison.agent.image;

import garrison.agent.runtime.Credential;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.SandboxSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the images of one node, one after another (spec: node-agent 3.5), each on a thread of its
 * own. At most five a second begin, ten at once; more fail, and are tried again later. Thread-safe.
 */
public final class ImagePulls {
  private static final long PER_SECOND = 5;
  private static final long BURST = 10;
  private static final long SECOND = 1_000_000_000;

  private final Semaphore turn = new Semaphore(1, true);
  private final LongSupplier nanoTime;
  private long tokens = BURST * SECOND / PER_SECOND; // in nanoseconds of the rate
  private long filledAt;

  /** {@code nanoTime} is a clock that never goes back. */
  public ImagePulls(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.filledAt = nanoTime.getAsLong();
  }

  /** One fetch, under way or over. */
  public static final class Pull {
    private final Thread thread;
    private volatile boolean done;
    private volatile @Nullable RuntimeFailure failure;
    private volatile Duration took = Duration.ZERO;
    private volatile Duration withWait = Duration.ZERO;

    private Pull(Thread thread) {
      this.thread = thread;
    }

    /** Whether it is over. */
    public boolean done() {
      return done;
    }

    /** Why it failed; null for a good one. */
    public @Nullable RuntimeFailure failure() {
      return failure;
    }

    /** How long the runtime needed. */
    public Duration took() {
      return took;
    }

    /** The same with the time before its turn. */
    public Duration withWait() {
      return withWait;
    }

    /** Nobody needs it any more. */
    public void cancel() {
      thread.interrupt();
    }
  }

  /**
   * Begins one.
   *
   * @param credentials tried one after another; none to ask as nobody
   * @param finished called when it is over
   */
  public Pull begin(
      Runtime runtime,
      String image,
      List<Credential> credentials,
      SandboxSpec sandbox,
      Runnable finished) {
    Holder holder = new Holder();
    Thread thread =
        Thread.ofVirtual()
            .name("pull " + image)
            .unstarted(
                () -> {
                  run(holder.pull(), runtime, image, credentials, sandbox);
                  finished.run();
                });
    holder.pull = new Pull(thread);
    thread.start();
    return holder.pull();
  }

  /** A pull and its thread know each other. */
  private static final class Holder {
    private @Nullable Pull pull;

    Pull pull() {
      if (pull == null) {
        throw new IllegalStateException("not begun");
      }
      return pull;
    }
  }

  private void run(
      Pull pull, Runtime runtime, String image, List<Credential> all, SandboxSpec sandbox) {
    long asked = nanoTime.getAsLong();
    try {
      if (!take()) {
        throw new RuntimeFailure("ErrImagePull", "pull QPS exceeded");
      }
      turn.acquire();
      try {
        long began = nanoTime.getAsLong();
        pullAs(runtime, image, all, sandbox);
        pull.took = Duration.ofNanos(nanoTime.getAsLong() - began);
        pull.withWait = Duration.ofNanos(nanoTime.getAsLong() - asked);
      } finally {
        turn.release();
      }
    } catch (RuntimeFailure e) {
      pull.failure = e;
    } catch (InterruptedException e) {
      pull.failure = new RuntimeFailure("ErrImagePull", "context canceled");
    }
    pull.done = true;
  }

  private static void pullAs(
      Runtime runtime, String image, List<Credential> all, SandboxSpec sandbox)
      throws InterruptedException {
    if (all.isEmpty()) {
      runtime.pull(image, null, sandbox);
      return;
    }
    RuntimeFailure last = null;
    for (Credential credential : all) {
      try {
        runtime.pull(image, credential, sandbox);
        return;
      } catch (RuntimeFailure e) {
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private synchronized boolean take() {
    long now = nanoTime.getAsLong();
    long each = SECOND / PER_SECOND;
    tokens = Math.min(BURST * each, tokens + now - filledAt);
    filledAt = now;
    if (tokens < each) {
      return false;
    }
    tokens -= each;
    return true;
  }
}
