package garrison.agent.statics;

/** A file that defines no pod, and why, in one line. */
final class ManifestException extends Exception {
  private static final long serialVersionUID = 1L;

  ManifestException(String why) {
    super(why);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
