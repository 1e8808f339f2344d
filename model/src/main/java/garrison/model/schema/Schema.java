package garrison.model.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All structs of the API, read once from the table beside this class. Immutable, thread-safe. */
public final class Schema {
  private static final Map<String, Struct> STRUCTS = load();

  private Schema() {}

  /** The struct of that name, such as {@code core.v1.Pod}; null where the table has none. */
  public static @Nullable Struct find(String name) {
    return STRUCTS.get(name);
  }

  /** The struct of that name, which must be in the table. */
  public static Struct struct(String name) {
    Struct struct = STRUCTS.get(name);
    if (struct == null) {
      throw new IllegalArgumentException("no struct " + name + " in the schema");
    }
    return struct;
  }

  /** Every struct. */
  public static Iterable<Struct> all() {
    return STRUCTS.values();
  }

  private static Map<String, Struct> load() {
    Map<String, Struct> structs = new HashMap<>();
    try (InputStream in = Schema.class.getResourceAsStream("structs.txt")) {
      if (in == null) {
        throw new IllegalStateException("structs.txt is missing from the jar: build it again");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      String name = "";
      List<Field> fields = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("\t")) {
          fields.add(field(line.substring(1).split("\t", -1)));
        } else if (!line.startsWith("#")) {
          add(structs, name, fields);
          name = line;
          fields = new ArrayList<>();
        }
      }
      add(structs, name, fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return structs;
  }

  private static void add(Map<String, Struct> structs, String name, List<Field> fields) {
    if (!name.isEmpty()) {
      structs.put(name, new Struct(name, fields));
    }
  }

  private static Field field(String[] columns) {
    String flags = columns[2];
    String[] number = column(columns, 4).split("@", -1);
    boolean envelope = number.length > 1 && number[1].equals("envelope");
    String[] patch = column(columns, 5).split(":", -1);
    String[] list = column(columns, 6).split(":", -1);
    return new Field(
        columns[0],
        Type.parse(columns[1]),
        flags.contains("p"),
        flags.contains("e"),
        flags.contains("r"),
        columns[3],
        number[0].isEmpty() ? 0 : Integer.parseInt(number[0]),
        number.length > 1 && !envelope ? Integer.parseInt(number[1]) : 0,
        envelope,
        texts(patch[0]),
        patch.length > 1 ? patch[1] : "",
        list[0],
        list.length > 1 ? texts(list[1]) : List.of(),
        column(columns, 7));
  }

  private static String column(String[] columns, int index) {
    return index < columns.length ? columns[index] : "";
  }

  private static List<String> texts(String joined) {
    return joined.isEmpty() ? List.of() : List.of(joined.split(",", -1));
  }
}
