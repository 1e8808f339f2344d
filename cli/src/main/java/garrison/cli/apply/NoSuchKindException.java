package garrison.cli.apply;

/** The server has no such kind, or one that cannot be created; in kubectl's words. */
public final class NoSuchKindException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For this apiVersion and kind. */
  public NoSuchKindException(String apiVersion, String kind) {
    super("no matches for kind \"" + kind + "\" in version \"" + apiVersion + "\"");
  }
}
