package garrison.agent.probe;

import org.jspecify.annotations.Nullable;

/**
 * How one check went. Immutable.
 *
 * @param verdict in one word
 * @param output what there is to say, for people
 */
public record Answer(Verdict verdict, String output) {
  /** In one word. */
  public enum Verdict {
    SUCCESS,
    /** Counts as a success, and is told. */
    WARNING,
    FAILURE,
    /** The check itself could not be made, so nothing is known. */
    ERROR
  }

  /** An event in upstream's words, always a warning. */
  record Words(String reason, String message) {}

  /** It went well. */
  public static Answer success(String output) {
    return new Answer(Verdict.SUCCESS, output);
  }

  /** It did not. */
  public static Answer failure(String output) {
    return new Answer(Verdict.FAILURE, output);
  }

  /** It could not be made. */
  public static Answer error(String why) {
    return new Answer(Verdict.ERROR, why);
  }

  /** What to tell about a probe that went so; null for a success. */
  @Nullable Words words(ProbeKind kind) {
    return switch (verdict) {
      case SUCCESS -> null;
      case WARNING -> new Words("ProbeWarning", kind.title() + " probe warning: " + output);
      case FAILURE -> new Words("Unhealthy", kind.title() + " probe failed: " + output);
      case ERROR ->
          new Words(
              "Unhealthy",
              kind.title() + " probe errored and resulted in unknown state: " + output);
    };
  }
}
