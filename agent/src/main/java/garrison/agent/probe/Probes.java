package garrison.agent.probe;

import garrison.client.queue.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** What all probes of a node share. One timer keeps the time of all of them. Thread-safe. */
public final class Probes implements AutoCloseable {
  private final Checks checks;
  private final Timer timer;
  private final InstantSource clock;
  private final RandomGenerator random; // guarded by this
  private final Instant since;

  /** The agent starts now. */
  public Probes(Checks checks, Timer timer, InstantSource clock, RandomGenerator random) {
    this.checks = checks;
    this.timer = timer;
    this.clock = clock;
    this.random = random;
    this.since = clock.instant();
  }

  /** Asks containers; hooks share its network. */
  public Checks checks() {
    return checks;
  }

  /** Whether a container was started by an earlier agent. */
  public boolean fromBefore(Instant startedAt) {
    return startedAt.isBefore(since);
  }

  Timer timer() {
    return timer;
  }

  InstantSource clock() {
    return clock;
  }

  /** A part of a period: a new agent does not ask all containers it finds at once. */
  synchronized Duration spread(Duration period) {
    return Duration.ofMillis(random.nextLong(1 + period.toMillis()));
  }

  @Override
  public void close() {
    checks.close();
  }
}
