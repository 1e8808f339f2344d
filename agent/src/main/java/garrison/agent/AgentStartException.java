package garrison.agent;

/** The agent cannot start; the message says in one line why, and what to do. */
public final class AgentStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the line. */
  public AgentStartException(String message) {
    super(message);
  }

  /** With the line and what lies beneath. */
  public AgentStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
