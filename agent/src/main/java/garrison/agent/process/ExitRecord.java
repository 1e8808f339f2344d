package garrison.agent.process;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a container ended (spec: node-agent 4).
 *
 * @param reason Completed, Error, OOMKilled, StartError, ContainerStatusUnknown
 */
record ExitRecord(
    int code,
    String reason,
    String message,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt) {
  private static final int START_ERROR = 128;
  private static final int KILLED = 137;

  /** From the file that the launcher wrote. */
  static ExitRecord of(Properties file) {
    int code = (int) file.number("code");
    String reason = file.text("reason");
    if (reason.isEmpty()) {
      reason = file.number("oom") > 0 ? "OOMKilled" : code == 0 ? "Completed" : "Error";
    }
    return new ExitRecord(
        code, reason, file.text("message"), file.time("started"), file.time("finished"));
  }

  /** Its program could not be started. */
  static ExitRecord notStarted(String why, Instant now) {
    return new ExitRecord(START_ERROR, "StartError", oneLine(why), now, now);
  }

  /** It is gone, and so is the launcher that would have told how. */
  static ExitRecord vanished(String why, @Nullable Instant startedAt, Instant now) {
    return new ExitRecord(KILLED, "ContainerStatusUnknown", oneLine(why), startedAt, now);
  }

  /** As the launcher would have written it. */
  String toText() {
    return "code="
        + code
        + "\nreason="
        + reason
        + "\nmessage="
        + message
        + "\nstarted="
        + nanos(startedAt)
        + "\nfinished="
        + nanos(finishedAt)
        + "\n";
  }

  private static long nanos(@Nullable Instant time) {
    return time == null ? 0 : time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ');
  }
}
