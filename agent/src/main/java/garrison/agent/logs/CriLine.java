package garrison.agent.logs;

import org.jspecify.annotations.Nullable;

/**
 * One line of a log in the CRI format (spec: node-agent 3.9): {@code time stream tag content}.
 * Immutable; it looks into the bytes it was parsed from.
 *
 * @param time RFC 3339 with nanoseconds, as it stands
 * @param stream {@code stdout} or {@code stderr}
 * @param partial whether the next line of the stream goes on with the same line of output
 * @param bytes where the content is; shared
 * @param from first byte of the content
 * @param to after its last byte
 */
record CriLine(String time, String stream, boolean partial, byte[] bytes, int from, int to) {
  private static final int DIGITS = 9;
  private static final int DATE_LENGTH = 10;

  /** Null where it is none: the program that writes the log was cut short. */
  static @Nullable CriLine parse(byte[] line) {
    int time = space(line, 0);
    int stream = time < 0 ? -1 : space(line, time + 1);
    int tag = stream < 0 ? -1 : space(line, stream + 1);
    if (tag < 0) {
      return null;
    }
    String name = text(line, time + 1, stream);
    if (!name.equals("stdout") && !name.equals("stderr")) {
      return null;
    }
    boolean partial = text(line, stream + 1, tag).split(":", 2)[0].equals("P");
    return new CriLine(text(line, 0, time), name, partial, line, tag + 1, line.length);
  }

  /** The time with all nine digits of its fraction, as clients of the API see it. */
  String fixedTime() {
    int dot = time.indexOf('.');
    int zone = Math.max(time.indexOf('Z'), Math.max(time.indexOf('+'), time.lastIndexOf('-')));
    if (zone < DATE_LENGTH) {
      return time; // No time at all.
    }
    String fraction = dot < 0 ? "." : time.substring(dot, zone);
    return time.substring(0, dot < 0 ? zone : dot)
        + fraction
        + "0".repeat(Math.max(0, DIGITS + 1 - fraction.length()))
        + time.substring(zone);
  }

  private static int space(byte[] line, int from) {
    for (int i = from; i < line.length; i++) {
      if (line[i] == ' ') {
        return i;
      }
    }
    return -1;
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, java.nio.charset.StandardCharsets.ISO_8859_1);
  }
}
