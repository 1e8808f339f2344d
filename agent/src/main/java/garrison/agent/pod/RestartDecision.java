package garrison.agent.pod;

import garrison.agent.runtime.Container;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is to be done about one container now (spec: node-agent 3.4, 3.5). */
sealed interface RestartDecision {
  /** It runs, as it should. */
  record Keep() implements RestartDecision {}

  /** It ended and stays so. */
  record Done() implements RestartDecision {}

  /** Start it; {@code attempt} counts the starts before. */
  record Start(int attempt) implements RestartDecision {}

  /** It runs but was made from another definition: stop it first. */
  record Replace() implements RestartDecision {}

  /** Not yet: it failed too often. */
  record BackOff(Duration left, Duration step) implements RestartDecision {}

  /**
   * Decides. Pure.
   *
   * @param newest of that name, null before the first
   * @param hash of the definition wanted
   * @param policy Always, OnFailure or Never
   */
  static RestartDecision of(
      @Nullable Container newest, String hash, String policy, CrashBackOff backOff, Instant now) {
    if (newest == null) {
      return new Start(0);
    }
    return switch (newest.state()) {
      case RUNNING -> newest.hash().equals(hash) ? new Keep() : new Replace();
      case CREATED -> new Start(newest.attempt());
      case EXITED -> afterEnd(newest, policy, backOff, now);
    };
  }

  private static RestartDecision afterEnd(
      Container ended, String policy, CrashBackOff backOff, Instant now) {
    boolean failed = ended.exitCode() != 0 || ended.reason().equals("OOMKilled");
    if (policy.equals("Never") || (policy.equals("OnFailure") && !failed)) {
      return new Done();
    }
    Instant finished = ended.finishedAt() == null ? ended.createdAt() : ended.finishedAt();
    Duration left = backOff.remaining(finished, now);
    return left.isPositive() ? new BackOff(left, backOff.step()) : new Start(ended.attempt() + 1);
  }
}
