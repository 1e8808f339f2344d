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

  /** It runs and must not. */
  record Kill(Cause cause) implements RestartDecision {}

  /** Not yet: it failed too often. */
  record BackOff(Duration left, Duration step) implements RestartDecision {}

  /** Why a running container has to end. */
  enum Cause {
    /** It was made from another definition. */
    DEFINITION(" definition changed"),
    LIVENESS(" failed liveness probe"),
    STARTUP(" failed startup probe"),
    /** What should have run right after its start failed. */
    HOOK("");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    /** What the event says of a container, which starts again afterwards or does not. */
    String message(String container, boolean init, boolean again) {
      if (this == HOOK) {
        return "FailedPostStartHook";
      }
      return init
          ? "Init container " + container + text
          : "Container " + container + text + (again ? ", will be restarted" : "");
    }
  }

  /**
   * Decides. Pure.
   *
   * @param newest of that name, null before the first
   * @param hash of the definition wanted
   * @param failed why it has to end should it run, null where it may go on
   * @param again whether it starts again should it have ended
   */
  static RestartDecision of(
      @Nullable Container newest,
      String hash,
      @Nullable Cause failed,
      boolean again,
      CrashBackOff backOff,
      Instant now) {
    if (newest == null) {
      return new Start(0);
    }
    return switch (newest.state()) {
      case CREATED -> new Start(newest.attempt());
      case RUNNING ->
          !newest.hash().equals(hash)
              ? new Kill(Cause.DEFINITION)
              : failed != null ? new Kill(failed) : new Keep();
      case EXITED -> again ? restart(newest, backOff, now) : new Done();
    };
  }

  private static RestartDecision restart(Container ended, CrashBackOff backOff, Instant now) {
    Instant finished = ended.finishedAt() == null ? ended.createdAt() : ended.finishedAt();
    Duration left = backOff.remaining(finished, now);
    return left.isPositive() ? new BackOff(left, backOff.step()) : new Start(ended.attempt() + 1);
  }
}
