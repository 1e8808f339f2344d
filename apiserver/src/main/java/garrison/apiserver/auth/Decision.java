package garrison.apiserver.auth;

/**
 * Whether something is allowed, and why; the reason of a refusal is shown to the user, and may be
 * empty.
 */
public record Decision(boolean allowed, String reason) {
  static final Decision NO = new Decision(false, "");

  static Decision yes(String reason) {
    return new Decision(true, reason);
  }

  static Decision no(String reason) {
    return new Decision(false, reason);
  }
}
