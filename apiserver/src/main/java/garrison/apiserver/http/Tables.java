package garrison.apiserver.http;

import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Column;
import garrison.model.kind.Kind;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects as tables, by the columns of their kind (spec: api-server 7). Pure. */
final class Tables {
  private Tables() {}

  /** One object. */
  static ObjectNode ofObject(Kind kind, ObjectNode object, String includeObject, Instant now) {
    ObjectNode metadata = Json.object();
    String version = object.path("metadata").path("resourceVersion").asString("");
    if (!version.isEmpty()) {
      metadata.put("resourceVersion", version);
    }
    ObjectNode table = table(metadata);
    table.set("columnDefinitions", columns(kind));
    row(table.putArray("rows"), kind, object, includeObject, now);
    return table;
  }

  /** A list. */
  static ObjectNode ofList(
      Kind kind, List<Stored> items, ObjectNode metadata, String includeObject, Instant now) {
    check(includeObject);
    ObjectNode table = table(metadata);
    table.set("columnDefinitions", columns(kind));
    ArrayNode rows = table.putArray("rows");
    items.forEach(item -> row(rows, kind, item.document(), includeObject, now));
    return table;
  }

  /** One event of a watch: a table of one row; only the first tells the columns. */
  static ObjectNode ofEvent(
      Kind kind, ObjectNode object, String includeObject, boolean first, Instant now) {
    ObjectNode table = ofObject(kind, object, includeObject, now);
    if (!first) {
      table.putNull("columnDefinitions");
    }
    return table;
  }

  /** Refuses an includeObject that there is not (400). */
  static void check(String includeObject) {
    if (!List.of("", "Metadata", "Object", "None").contains(includeObject)) {
      throw StatusException.badRequest(
          "Unable to convert to Table as requested: includeObject: Invalid value: \""
              + includeObject
              + "\": must be 'Metadata', 'Object', 'None', or empty");
    }
  }

  private static ObjectNode table(ObjectNode metadata) {
    ObjectNode table = Json.object();
    table.put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.set("metadata", metadata);
    return table;
  }

  private static ArrayNode columns(Kind kind) {
    ArrayNode columns = Json.object().arrayNode();
    for (Column column : kind.columns()) {
      columns
          .addObject()
          .put("name", column.name())
          .put("type", column.type())
          .put("format", column.format())
          .put("description", column.description())
          .put("priority", column.priority());
    }
    return columns;
  }

  private static void row(
      ArrayNode rows, Kind kind, ObjectNode object, String includeObject, Instant now) {
    check(includeObject);
    ObjectNode row = rows.addObject();
    ArrayNode cells = row.putArray("cells");
    for (Column column : kind.columns()) {
      cells.add(column.cell().of(object, now));
    }
    switch (includeObject) {
      case "None" -> row.putNull("object");
      case "Object" -> row.set("object", object);
      default -> row.set("object", Rendering.partial(object));
    }
  }
}
