package garrison.agent;

/**
 * What the agent's server will not show or do: an HTTP code and the kubelet's sentence (spec:
 * node-agent 3.15).
 */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;

  /** With the code and the sentence. */
  public Refusal(int code, String message) {
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
