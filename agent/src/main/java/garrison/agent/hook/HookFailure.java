package garrison.agent.hook;

/** A hook did not do what it should; the message says why, for people. */
public final class HookFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the reason. */
  public HookFailure(String message) {
    super(message);
  }
}
