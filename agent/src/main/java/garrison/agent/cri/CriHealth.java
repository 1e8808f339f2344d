package garrison.agent.cri;

import garrison.agent.cri.v1.RuntimeCondition;
import garrison.agent.cri.v1.StatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a runtime is well, from what it was last heard to say (spec: node-agent 2, 3.4). Pure: it
 * is told what happened and when, in nanoseconds of any clock that never goes back. Thread-safe.
 */
final class CriHealth {
  private static final Duration STATUS_THRESHOLD = Duration.ofSeconds(30);
  private static final Duration RELIST_THRESHOLD = Duration.ofMinutes(3);
  private static final String NETWORK_UNKNOWN = "network state unknown";

  private final long start;
  private boolean introduced;
  private @Nullable String refusal;
  private @Nullable StatusResponse status;
  private long statusAt;
  private boolean relisted;
  private boolean relistFailed;
  private long relistAt;

  /** Since then nothing is known. */
  CriHealth(long now) {
    this.start = now;
  }

  /** It speaks our version. */
  synchronized void introduced() {
    introduced = true;
    refusal = null;
  }

  /** It is there, but does not speak our version: in one sentence. */
  synchronized void refused(String sentence) {
    introduced = false;
    refusal = sentence;
  }

  /** It said how it is. */
  synchronized void status(StatusResponse answer, long now) {
    status = answer;
    statusAt = now;
  }

  /** It told all that it has. */
  synchronized void relisted(long now) {
    relisted = true;
    relistFailed = false;
    relistAt = now;
  }

  /** It could not be asked for all that it has. */
  synchronized void relistFailed() {
    relistFailed = true;
  }

  /** Whether it said that it does not speak our version. */
  synchronized boolean refuses() {
    return refusal != null;
  }

  /** Whether it speaks our version. */
  synchronized boolean isIntroduced() {
    return introduced;
  }

  /** Whether it answers now. */
  synchronized boolean answers(long now) {
    return introduced && relisted && !relistFailed && !older(relistAt, now, STATUS_THRESHOLD);
  }

  /** See {@link garrison.agent.runtime.Runtime#problems}. */
  synchronized List<String> problems(long now) {
    List<String> problems = new ArrayList<>();
    String why = refusal;
    if (why != null) {
      problems.add(why);
    }
    StatusResponse last = status;
    if (last == null && !older(start, now, STATUS_THRESHOLD)) {
      problems.add("container runtime status check may not have completed yet");
    } else if (last == null || older(statusAt, now, STATUS_THRESHOLD)) {
      problems.add("container runtime is down");
    }
    if (!relisted) {
      problems.add("PLEG is not healthy: pleg has yet to be successful");
    } else if (older(relistAt, now, RELIST_THRESHOLD)) {
      problems.add(
          "PLEG is not healthy: pleg was last seen active "
              + duration(now - relistAt)
              + " ago; threshold is 3m0s");
    }
    String runtime = condition("RuntimeReady");
    if (runtime != null) {
      problems.add("container runtime not ready: " + runtime);
    }
    String network = networkProblem();
    if (network != null) {
      problems.add(network);
    }
    return problems;
  }

  /** See {@link garrison.agent.runtime.Runtime#networkProblem}. */
  synchronized @Nullable String networkProblem() {
    if (status == null) {
      return NETWORK_UNKNOWN;
    }
    String network = condition("NetworkReady");
    return network == null ? null : "container runtime network not ready: " + network;
  }

  /** What is wrong by that condition; null where it is true, or nothing was heard. */
  private @Nullable String condition(String type) {
    StatusResponse last = status;
    if (last == null) {
      return null;
    }
    for (RuntimeCondition condition : last.getStatus().getConditionsList()) {
      if (condition.getType().equals(type) && !condition.getStatus()) {
        return type
            + "=false reason:"
            + condition.getReason()
            + " message:"
            + condition.getMessage();
      }
    }
    return null;
  }

  private static boolean older(long then, long now, Duration threshold) {
    return now - then > threshold.toNanos();
  }

  /** As Go writes durations: {@code 3m12.5s}. */
  private static String duration(long nanos) {
    Duration whole = Duration.ofNanos(nanos);
    String hours = whole.toHours() > 0 ? whole.toHours() + "h" : "";
    String seconds = whole.toSecondsPart() + "." + whole.toMillisPart() / 100 + "s";
    return hours + whole.toMinutesPart() + "m" + seconds;
  }
}
