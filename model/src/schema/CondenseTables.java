import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the resource that {@code garrison.model.schema.Schema} reads out of the two tables of the
 * specification. Needs nothing but a JDK; from the root of the repository:
 *
 * <pre>
 * java model/src/schema/CondenseTables.java ../shared/spec \
 *     &gt; model/src/main/resources/garrison/model/schema/structs.txt
 * </pre>
 *
 * {@code fields.tsv} has every field; {@code merge-keys.tsv} says the same of the fields that merge,
 * and the script refuses to go on where the two disagree.
 */
final class CondenseTables {
  private static final String HEAD =
      """
      # The structs of the Kubernetes API that Garrison reads and writes, in the order in which their members are written.
      # Made by model/src/schema/CondenseTables.java; do not edit.
      # A line without indent names a struct. Below it, one member a line, tab-separated:
      # name, type, flags (p pointer, e omitted when empty, r required), Go type in error messages,
      # protobuf field number (@via the field that embeds it; @envelope where it is outside the message),
      # strategic merge (strategies:merge key), server-side apply (list type:keys, or map type), default of the schema.
      # Empty columns at the end are left out.
      """;

  private static final List<String> SHARED =
      List.of(
          "jsonType",
          "elementStruct",
          "patchStrategy",
          "patchMergeKey",
          "listType",
          "listMapKeys",
          "mapOrStructType");

  private CondenseTables() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: java CondenseTables.java FOLDER-OF-THE-TABLES");
      System.exit(2);
    }
    Path folder = Path.of(arguments[0]);
    List<Map<String, String>> fields = table(folder.resolve("fields.tsv"));
    compare(fields, table(folder.resolve("merge-keys.tsv")));
    Map<String, List<String>> structs = new LinkedHashMap<>();
    for (Map<String, String> row : fields) {
      structs.computeIfAbsent(row.get("owner"), name -> new ArrayList<>()).add(member(row));
    }
    StringBuilder text = new StringBuilder(HEAD);
    structs.forEach(
        (name, members) -> {
          text.append(name).append('\n');
          members.forEach(member -> text.append('\t').append(member).append('\n'));
        });
    new PrintStream(System.out, false, StandardCharsets.UTF_8).append(text).flush();
  }

  private static List<Map<String, String>> table(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String[] names = lines.getFirst().split("\t", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split("\t", -1);
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < cells.length; i++) {
        row.put(names[i], cells[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private static void compare(List<Map<String, String>> fields, List<Map<String, String>> keys) {
    Map<String, Map<String, String>> byPath = new HashMap<>();
    fields.forEach(row -> byPath.put(path(row), row));
    for (Map<String, String> row : keys) {
      Map<String, String> field = byPath.get(path(row));
      for (String column : SHARED) {
        if (field == null || !field.get(column).equals(row.get(column))) {
          throw new IllegalStateException(
              "the tables disagree about the " + column + " of " + path(row));
        }
      }
    }
  }

  private static String path(Map<String, String> row) {
    return row.get("owner") + "." + row.get("json");
  }

  private static String member(Map<String, String> row) {
    String line =
        String.join(
            "\t",
            row.get("json"),
            type(row),
            flags(row),
            row.get("goType"),
            number(row),
            joined(row.get("patchStrategy"), row.get("patchMergeKey")),
            joined(row.get("listType") + row.get("mapOrStructType"), row.get("listMapKeys")),
            defaultOf(row));
    return line.stripTrailing();
  }

  private static String type(Map<String, String> row) {
    String struct = "struct " + row.get("elementStruct");
    String format = row.get("format");
    return switch (row.get("jsonType")) {
      case "object" -> struct;
      case "list<object>" -> "list " + struct;
      case "object(any)" -> "any";
      case "list<any>" -> "list any";
      case "int" -> format;
      case "list<int>" -> "list " + format;
      case "list<string>" -> "list string";
      case "map<string>" -> "map string";
      case "map<quantity>" -> "map quantity";
      case "map<time>" -> "map time";
      case "map<list<string>>" -> "map list string";
      case "bytes(base64)" -> "bytes";
      case "map<bytes(base64)>" -> "map bytes";
      case "string", "bool", "time", "microTime", "quantity", "intOrString" -> row.get("jsonType");
      default -> throw new IllegalStateException("unknown type of " + path(row));
    };
  }

  private static String flags(Map<String, String> row) {
    return (row.get("pointer").equals("ptr") ? "p" : "")
        + (row.get("omitempty").equals("omitempty") ? "e" : "")
        + (row.get("required").equals("required") ? "r" : "");
  }

  private static String number(Map<String, String> row) {
    String via = row.get("protoInlineVia");
    return via.isEmpty() ? row.get("protoField") : row.get("protoField") + "@" + via;
  }

  private static String joined(String what, String keys) {
    return keys.isEmpty() ? what : what + ":" + keys;
  }

  /** Defaults that stand in the table as a value, not as the name of a Go constant. */
  private static String defaultOf(Map<String, String> row) {
    return row.get("default").startsWith("ref(") ? "" : row.get("default");
  }
}
