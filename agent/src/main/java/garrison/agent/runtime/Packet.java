package garrison.agent.runtime;

/**
 * Bytes of one stream of a session, by the channel numbers of {@code v5.channel.k8s.io} (spec:
 * api-server 14.2).
 *
 * @param channel 0..255
 * @param bytes shared, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: it goes from one stream to the next.
public record Packet(int channel, byte[] bytes) {
  /** Input. */
  public static final int STDIN = 0;

  /** Output. */
  public static final int STDOUT = 1;

  /** Error output. */
  public static final int STDERR = 2;

  /** How the session ended: a {@code Status}. */
  public static final int ERROR = 3;

  /** The size of the terminal. */
  public static final int RESIZE = 4;

  /** The end of the channel whose number is the only byte. */
  public static final int CLOSE = 255;
}
