package garrison.agent.runtime;

/** What the runtime would not or could not do, with the reason a waiting container shows. */
public final class RuntimeFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /** With a reason in one word, such as {@code CreateContainerConfigError}, and a sentence. */
  public RuntimeFailure(String reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** The waiting reason. */
  public String reason() {
    return reason;
  }

  /** The sentence. */
  public String message() {
    String message = getMessage();
    return message == null ? reason : message;
  }
}
