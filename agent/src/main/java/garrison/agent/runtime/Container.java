package garrison.agent.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container as it is now. Immutable.
 *
 * @param id without scheme
 * @param sandboxId its sandbox
 * @param name in its pod
 * @param attempt how often it was started before
 * @param image as the pod named it
 * @param imageRef as the runtime names it
 * @param state where it is in its life
 * @param createdAt when it was made
 * @param startedAt null before its start
 * @param finishedAt null before its end
 * @param exitCode 128 + signal for a killed one
 * @param reason Completed, Error, OOMKilled, StartError; empty before its end
 * @param message more about the end, or empty
 * @param logPath absolute
 * @param hash of the spec it was made from
 * @param annotations as it was made with (spec: node-agent 1.4)
 * @param user whom it runs as; null where the runtime does not tell
 */
public record Container(
    String id,
    String sandboxId,
    String name,
    int attempt,
    String image,
    String imageRef,
    State state,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    int exitCode,
    String reason,
    String message,
    String logPath,
    String hash,
    Map<String, String> annotations,
    @Nullable User user) {
  /** A user in numbers. */
  public record User(long uid, long gid, List<Long> supplementalGroups) {}

  /** Stages of a container's life. */
  public enum State {
    CREATED,
    RUNNING,
    EXITED
  }

  /** The same with another message about its end. */
  public Container withMessage(String other) {
    return new Container(
        id,
        sandboxId,
        name,
        attempt,
        image,
        imageRef,
        state,
        createdAt,
        startedAt,
        finishedAt,
        exitCode,
        reason,
        other,
        logPath,
        hash,
        annotations,
        user);
  }

  /** Whether it runs. */
  public boolean running() {
    return state == State.RUNNING;
  }

  /** Whether it has ended. */
  public boolean exited() {
    return state == State.EXITED;
  }
}
