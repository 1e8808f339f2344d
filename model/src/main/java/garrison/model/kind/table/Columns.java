package garrison.model.kind.table;

import garrison.model.Meta;
import garrison.model.OwnerReference;
import garrison.model.Timestamps;
import garrison.model.kind.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Collects the columns of one kind, left to right. */
public final class Columns {
  /** A kind without columns of its own. */
  public static final List<Column> NAME_AND_CREATED =
      named()
          .add(
              "Created At",
              "date",
              "",
              "When the server stored the object first.",
              0,
              (document, now) -> StringNode.valueOf(at(document, "metadata.creationTimestamp")))
          .list();

  /** A kind of which only the name and the age are of interest. */
  public static final List<Column> NAME_AND_AGE = named().age().list();

  private final List<Column> columns = new ArrayList<>();

  private Columns() {}

  /** Starts empty. */
  static Columns empty() {
    return new Columns();
  }

  /** Starts with the name. */
  static Columns named() {
    return new Columns().name(0);
  }

  /** The name of the object. */
  Columns name(int priority) {
    return add(
        "Name",
        "string",
        "name",
        "The object's name, unique among its kind in its namespace.",
        priority,
        (document, now) -> StringNode.valueOf(name(document)));
  }

  /** How long ago the object was stored first. */
  Columns age() {
    return add(
        "Age",
        "string",
        "",
        "How long ago the server stored the object first.",
        0,
        (document, now) ->
            StringNode.valueOf(
                Ages.since(
                    Timestamps.parse(document.path("metadata").path("creationTimestamp")), now)));
  }

  /** A text that is always shown. */
  Columns text(String name, String description, Function<ObjectNode, String> cell) {
    return text(name, description, 0, cell);
  }

  /** A text that is shown with {@code -o wide}. */
  Columns wide(String name, String description, Function<ObjectNode, String> cell) {
    return text(name, description, 1, cell);
  }

  private Columns text(
      String name, String description, int priority, Function<ObjectNode, String> cell) {
    return add(
        name,
        "string",
        "",
        description,
        priority,
        (document, now) -> StringNode.valueOf(cell.apply(document)));
  }

  /** A whole number. */
  Columns integer(String name, String description, ToLongFunction<ObjectNode> cell) {
    return add(
        name,
        "integer",
        "",
        description,
        0,
        (document, now) -> LongNode.valueOf(cell.applyAsLong(document)));
  }

  /** A whole number in a column of texts, as upstream has some. */
  Columns count(String name, String description, int priority, ToLongFunction<ObjectNode> cell) {
    return add(
        name,
        "string",
        "",
        description,
        priority,
        (document, now) -> LongNode.valueOf(cell.applyAsLong(document)));
  }

  /** Yes or no. */
  Columns flag(String name, String description, int priority, Predicate<ObjectNode> cell) {
    return add(
        name,
        "boolean",
        "",
        description,
        priority,
        (document, now) -> BooleanNode.valueOf(cell.test(document)));
  }

  /** Anything else. */
  Columns add(
      String name, String type, String format, String description, int priority, Column.Cell cell) {
    columns.add(new Column(name, type, format, description, priority, cell));
    return this;
  }

  /** What was collected. */
  List<Column> list() {
    return List.copyOf(columns);
  }

  /** The name in a document. */
  static String name(ObjectNode document) {
    return document.path("metadata").path("name").asString("");
  }

  /** The text at a dotted path, empty where there is none. */
  static String at(JsonNode document, String path) {
    JsonNode node = document;
    for (String part : path.split("\\.")) {
      node = node.path(part);
    }
    return node.isMissingNode() || node.isNull() ? "" : node.asString("");
  }

  /** The number at a member of the status, 0 where there is none. */
  static long status(JsonNode document, String name) {
    return document.path("status").path(name).asLong(0);
  }

  /** {@code text}, or {@code <none>}. */
  static String orNone(String text) {
    return text.isEmpty() ? "<none>" : text;
  }

  /** Labels as {@code k=v,k2=v2}, by key; {@code <none>} where there are none. */
  static String labels(JsonNode map) {
    List<String> pairs = new ArrayList<>();
    map.forEachEntry((key, value) -> pairs.add(key + "=" + value.asString("")));
    pairs.sort(null);
    return orNone(String.join(",", pairs));
  }

  /** One member of each element, joined by commas. */
  static String joined(JsonNode list, String member) {
    List<String> texts = new ArrayList<>();
    list.forEach(element -> texts.add(element.path(member).asString("")));
    return String.join(",", texts);
  }

  /** The controlling owner, null where there is none. */
  static @Nullable OwnerReference controller(ObjectNode document) {
    return Meta.of(document).controller();
  }
}
