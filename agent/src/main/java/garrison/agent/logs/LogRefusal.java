package garrison.agent.logs;

/** A log that cannot be shown: an HTTP code and the kubelet's sentence (spec: node-agent 3.15). */
public final class LogRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;

  /** With the code, 400 or 404, and the sentence. */
  public LogRefusal(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The HTTP code. */
  public int code() {
    return code;
  }

  /** The sentence. */
  public String text() {
    return String.valueOf(getMessage());
  }
}
