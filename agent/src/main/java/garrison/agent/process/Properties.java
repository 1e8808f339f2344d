package garrison.agent.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The launcher's little files: {@code key=value}, a line each. Immutable. */
record Properties(Map<String, String> values) {
  /** Null where the file is not there. */
  static @Nullable Properties read(Path file) throws IOException {
    Map<String, String> values = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    } catch (NoSuchFileException e) {
      return null;
    }
    return new Properties(Map.copyOf(values));
  }

  /** A number, 0 where it is missing or none. */
  long number(String key) {
    try {
      return Long.parseLong(values.getOrDefault(key, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** A text, empty where it is missing. */
  String text(String key) {
    return values.getOrDefault(key, "");
  }

  /** Nanoseconds since the epoch as a time; null where it is missing. */
  @Nullable Instant time(String key) {
    long nanos = number(key);
    return nanos == 0
        ? null
        : Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
  }
}
