package garrison.agent.pod;

import garrison.agent.volume.SubPath;
import garrison.agent.volume.VolumeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Variables in a file that another container of the pod wrote (spec: node-agent 3.10). A line is
 * {@code NAME='value'}; a value may go over several lines; blank lines and those that begin with
 * {@code #} are skipped.
 */
final class EnvFile {
  private static final long LARGEST = 1 << 20;

  private EnvFile() {}

  /** The value of a variable; null where the file or the variable is missing. */
  static @Nullable String value(Path volume, String path, String key) throws VolumeException {
    Path file = SubPath.existing(volume, path);
    if (file == null || !Files.isRegularFile(file)) {
      return null;
    }
    try {
      if (Files.size(file) > LARGEST) {
        throw new VolumeException("environment variable file \"" + path + "\" is over 1 MiB");
      }
      return find(Files.readString(file), path, key);
    } catch (IOException e) {
      throw new VolumeException(
          "failed to read environment variable file \"" + path + "\": " + e.getMessage());
    }
  }

  /** The value in a text; null where it is not there. Pure. */
  static @Nullable String find(String text, String path, String key) throws VolumeException {
    int at = 0;
    while (at < text.length()) {
      int end = endOfLine(text, at);
      String line = text.substring(at, end).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        at = end + 1;
        continue;
      }
      int equals = text.indexOf('=', at);
      if (equals < 0 || equals > end || equals + 1 >= text.length()) {
        throw malformed(path, line);
      }
      int close = text.indexOf('\'', equals + 2);
      if (text.charAt(equals + 1) != '\'' || close < 0) {
        throw malformed(path, line);
      }
      int next = endOfLine(text, close);
      String rest = text.substring(close + 1, next).strip();
      if (!rest.isEmpty() && !rest.startsWith("#")) {
        throw malformed(path, line);
      }
      if (text.substring(at, equals).strip().equals(key)) {
        return text.substring(equals + 2, close);
      }
      at = next + 1;
    }
    return null;
  }

  private static int endOfLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  private static VolumeException malformed(String path, String line) {
    return new VolumeException(
        "couldn't parse env file \"" + path + "\": invalid environment variable format: " + line);
  }
}
