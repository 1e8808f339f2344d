package garrison.model.schema;

/** What a member of a struct holds. */
public sealed interface Type {
  /** A value that has no members. */
  enum Scalar implements Type {
    STRING,
    BOOL,
    INT32,
    INT64,
    QUANTITY,
    INT_OR_STRING,
    TIME,
    MICRO_TIME,
    BYTES,
    /** Whatever JSON the client sent; kept as it is. */
    ANY
  }

  /** A struct, by its name in the {@link Schema}. */
  record Ref(String struct) implements Type {}

  /** A list. */
  record ListOf(Type element) implements Type {}

  /** A map with text keys. */
  record MapOf(Type value) implements Type {}

  /** Reads the form of the table, such as {@code list struct core.v1.Pod}. */
  static Type parse(String text) {
    int blank = text.indexOf(' ');
    String first = blank < 0 ? text : text.substring(0, blank);
    String rest = blank < 0 ? "" : text.substring(blank + 1);
    return switch (first) {
      case "struct" -> new Ref(rest);
      case "list" -> new ListOf(parse(rest));
      case "map" -> new MapOf(parse(rest));
      case "string" -> Scalar.STRING;
      case "bool" -> Scalar.BOOL;
      case "int32" -> Scalar.INT32;
      case "int64" -> Scalar.INT64;
      case "quantity" -> Scalar.QUANTITY;
      case "intOrString" -> Scalar.INT_OR_STRING;
      case "time" -> Scalar.TIME;
      case "microTime" -> Scalar.MICRO_TIME;
      case "bytes" -> Scalar.BYTES;
      case "any" -> Scalar.ANY;
      default -> throw new IllegalArgumentException("no type: " + text);
    };
  }
}
