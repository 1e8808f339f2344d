package garrison.agent.probe;

import garrison.agent.probe.Answer.Verdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one probe of one container has found so far, and what follows (spec: node-agent 3.7). Pure
 * and immutable.
 *
 * @param probe what is asked for
 * @param result what holds now
 * @param last the last answer that counted, null before the first
 * @param row how many of those came in a row
 * @param held whether it waits for another container
 */
public record ProbeState(
    Probe probe, Result result, @Nullable Verdict last, int row, boolean held) {
  /** What holds of a container. */
  public enum Result {
    /** Before the first answer of a startup probe. */
    UNKNOWN,
    SUCCESS,
    FAILURE
  }

  /** Of a container that has just started. */
  public static ProbeState first(Probe probe) {
    Result result =
        switch (probe.kind()) {
          case STARTUP -> Result.UNKNOWN;
          case LIVENESS -> Result.SUCCESS;
          case READINESS -> Result.FAILURE;
        };
    return new ProbeState(probe, result, null, 0, false);
  }

  /**
   * Of a container that was started by an earlier agent: what its status says stays true until a
   * probe says otherwise.
   */
  public static ProbeState kept(Probe probe, boolean started, boolean ready) {
    boolean good = probe.kind() == ProbeKind.STARTUP ? started : started && ready;
    return probe.kind() == ProbeKind.LIVENESS || !good
        ? first(probe)
        : new ProbeState(probe, Result.SUCCESS, null, 0, false);
  }

  /**
   * Whether it asks at all now. The startup probe asks until it has succeeded, the others from then
   * on; what would end the container does not ask while it is stopped anyway.
   *
   * @param started whether the startup probe, if there is one, has succeeded
   * @param stopping whether the container is being stopped for good
   */
  public boolean asks(boolean started, boolean stopping) {
    if (held || (stopping && probe.kind().kills())) {
      return false;
    }
    return (probe.kind() == ProbeKind.STARTUP) != started;
  }

  /** How long it still holds back; zero from its initial delay on. */
  public Duration wait(Duration sinceStart) {
    Duration left = probe.initialDelay().minus(sinceStart);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** After an answer. Below its threshold it changes nothing; an error is no answer. */
  public ProbeState after(Verdict verdict) {
    if (verdict == Verdict.ERROR) {
      return this;
    }
    boolean good = verdict != Verdict.FAILURE;
    Verdict counted = good ? Verdict.SUCCESS : Verdict.FAILURE;
    int now = counted == last ? row + 1 : 1;
    if (now < (good ? probe.successes() : probe.failures())) {
      return new ProbeState(probe, result, counted, now, false);
    }
    boolean over = !good && probe.kind().kills();
    return new ProbeState(
        probe, good ? Result.SUCCESS : Result.FAILURE, counted, over ? 0 : now, over);
  }

  /** Whether the container is to be ended because of it. */
  public boolean failed() {
    return probe.kind().kills() && result == Result.FAILURE;
  }
}
