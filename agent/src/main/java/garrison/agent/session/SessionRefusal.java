package garrison.agent.session;

/** A session that cannot be: an HTTP code and the kubelet's sentence. */
public final class SessionRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;

  /** With the code and the sentence. */
  public SessionRefusal(int code, String message) {
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
