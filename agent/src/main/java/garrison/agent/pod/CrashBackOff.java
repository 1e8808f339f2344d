package garrison.agent.pod;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a container that ended may start again (spec: node-agent 3.5): the first time at once, then
 * after 10 s, doubling to 300 s, counted from its end; anew when it ended more than 600 s after the
 * last step. One for each container; not thread-safe.
 */
final class CrashBackOff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration MOST = Duration.ofSeconds(300);
  private static final Duration FORGET = Duration.ofSeconds(600);

  private @Nullable Duration step;
  private Instant steppedAt = Instant.MIN;

  /** The present step; zero before the first restart. */
  Duration step() {
    Duration current = step;
    return current == null ? Duration.ZERO : current;
  }

  /** How long a container that ended then has still to wait; zero or less: not at all. */
  Duration remaining(Instant finishedAt, Instant now) {
    return step == null || expired(finishedAt)
        ? Duration.ZERO
        : step().minus(Duration.between(finishedAt, now));
  }

  /** It starts again after it ended then. */
  void restarted(Instant finishedAt, Instant now) {
    Duration current = step;
    Duration next = current == null || expired(finishedAt) ? FIRST : current.multipliedBy(2);
    step = next.compareTo(MOST) > 0 ? MOST : next;
    steppedAt = now;
  }

  private boolean expired(Instant finishedAt) {
    return Duration.between(steppedAt, finishedAt).compareTo(FORGET) > 0;
  }
}
