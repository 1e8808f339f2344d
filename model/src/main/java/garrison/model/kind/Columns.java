package garrison.model.kind;

import java.util.List;
import tools.jackson.databind.node.StringNode;

/** Columns that many kinds share (spec: api-server 7). */
final class Columns {
  /** The first column of every table. */
  static final Column NAME =
      new Column(
          "Name",
          "string",
          "name",
          "The object's name, unique among its kind in its namespace.",
          0,
          (document, now) ->
              StringNode.valueOf(document.path("metadata").path("name").asString("")));

  /** A kind without columns of its own. */
  static final List<Column> NAME_AND_CREATED =
      List.of(
          NAME,
          new Column(
              "Created At",
              "date",
              "",
              "When the server stored the object first.",
              0,
              (document, now) ->
                  StringNode.valueOf(
                      document.path("metadata").path("creationTimestamp").asString(""))));

  private Columns() {}
}
