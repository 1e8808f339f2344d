package garrison.store;

/** The revision asked for is no longer kept. */
public final class CompactedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the revision asked for and the oldest one kept. */
  public CompactedException(long asked, long oldest) {
    super("revision " + asked + " is compacted, the oldest kept is " + oldest);
  }
}
