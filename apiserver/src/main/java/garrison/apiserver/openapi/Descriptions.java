package garrison.apiserver.openapi;

import garrison.model.schema.Field;
import garrison.model.schema.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code kubectl explain} says about structs and their members, in our own words: the file
 * {@code descriptions.txt} beside this class. Not every member has one. Thread-safe.
 */
public final class Descriptions {
  private static final Map<String, String> TEXTS = load();

  private Descriptions() {}

  /** About a struct as a whole. */
  public static Optional<String> ofStruct(Struct struct) {
    return Optional.ofNullable(TEXTS.get(struct.name()));
  }

  /** About one of its members. */
  public static Optional<String> of(Struct struct, Field field) {
    if (field.envelope()) {
      return Optional.ofNullable(TEXTS.get("envelope." + field.name()));
    }
    return Optional.ofNullable(TEXTS.get(struct.name() + "." + field.name()));
  }

  /** All texts: names of structs, and of members behind them, with what is said. */
  static Map<String, String> all() {
    return TEXTS;
  }

  private static Map<String, String> load() {
    Map<String, String> texts = new HashMap<>();
    try (InputStream in = Descriptions.class.getResourceAsStream("descriptions.txt")) {
      if (in == null) {
        throw new IllegalStateException("descriptions.txt is missing from the jar: build it again");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      String struct = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        boolean member = line.startsWith("  ");
        String[] parts = line.strip().split(": ", 2);
        String name = member ? struct + "." + parts[0] : parts[0];
        struct = member ? struct : name;
        if (parts.length > 1) {
          texts.put(name, parts[1]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(texts);
  }
}
