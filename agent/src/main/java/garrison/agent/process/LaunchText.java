package garrison.agent.process;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the launcher reads on its standard input: words, each ended by a zero byte, {@code end} the
 * last. It goes through a pipe and is never kept, since the environment may hold secrets.
 */
final class LaunchText {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

  /** A key with its values; a zero inside a word cannot be told, so it is refused. */
  LaunchText add(String key, Object... values) {
    word(key);
    for (Object value : values) {
      word(value.toString());
    }
    return this;
  }

  private void word(String word) {
    if (word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero byte in " + word.replace('\0', '?'));
    }
    bytes.writeBytes(word.getBytes(StandardCharsets.UTF_8));
    bytes.write(0);
  }

  /** The whole text, ended. */
  byte[] end() {
    word("end");
    return bytes.toByteArray();
  }
}
