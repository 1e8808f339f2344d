package garrison.model.kind.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Json;
import garrison.model.kind.Column;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tables are those that a real API server made (spec: api-server 7). */
class TableGoldenTest {
  private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

  private static JsonNode golden(String name) {
    return SharedFiles.json("spec/golden/" + name);
  }

  /** Every kind that is recorded and served here has the recorded columns. */
  @ParameterizedTest
  @MethodSource("recordedColumns")
  void columnsAreThoseOfUpstream(String path, List<String> expected) {
    Kind kind = kindAt(path);
    assumeTrue(kind != null, path + " is not served here");
    assertThat(kind.columns().stream().map(TableGoldenTest::describe).toList()).isEqualTo(expected);
  }

  static Stream<Arguments> recordedColumns() {
    List<Arguments> cases = new ArrayList<>();
    if (!SharedFiles.present()) {
      return Stream.of(Arguments.of("none", List.of()));
    }
    for (JsonNode one : golden("table-other-kinds.json").path("cases")) {
      List<String> columns = new ArrayList<>();
      for (JsonNode column : one.path("columns")) {
        columns.add(
            column.get(0).asString()
                + "|"
                + column.get(1).asString()
                + "|"
                + column.get(2).asString()
                + "|"
                + column.get(3).asInt());
      }
      cases.add(Arguments.of(one.path("path").asString().replaceAll("\\?.*", ""), columns));
    }
    for (String file :
        List.of("pods", "nodes", "daemonsets", "namespaces", "events", "controllerrevisions")) {
      for (JsonNode one : golden("table-" + file + ".json").path("cases")) {
        List<String> columns = new ArrayList<>();
        for (JsonNode column : one.path("response").path("body").path("columnDefinitions")) {
          columns.add(
              column.path("name").asString()
                  + "|"
                  + column.path("type").asString()
                  + "|"
                  + column.path("format").asString()
                  + "|"
                  + column.path("priority").asInt());
        }
        cases.add(
            Arguments.of(
                one.path("request").path("path").asString().replaceAll("\\?.*", ""), columns));
      }
    }
    return cases.stream();
  }

  private static String describe(Column column) {
    return column.name() + "|" + column.type() + "|" + column.format() + "|" + column.priority();
  }

  private static Kind kindAt(String path) {
    String[] parts = path.split("/");
    String plural = parts[parts.length - 1];
    return path.startsWith("/api/")
        ? Kinds.byPlural("", "v1", plural)
        : parts.length > 3 ? Kinds.byPlural(parts[2], parts[3], plural) : null;
  }

  /** Cells of the recorded objects are the recorded cells; ages apart, which depend on the day. */
  @ParameterizedTest
  @ValueSource(strings = {"pods", "nodes", "daemonsets", "controllerrevisions"})
  void cellsAreThoseOfUpstream(String file) {
    assumeTrue(SharedFiles.present(), "the specification is not beside this checkout");
    JsonNode golden = golden("table-" + file + ".json");
    JsonNode one = golden.path("cases").get(0);
    Kind kind = kindAt(one.path("request").path("path").asString());
    List<String> rows = new ArrayList<>();
    for (JsonNode object : golden.path("objects")) {
      rows.add(cells(kind, document(object)));
    }
    List<String> expected = new ArrayList<>();
    for (JsonNode row : one.path("response").path("body").path("rows")) {
      expected.add(row.path("cells").toString());
    }
    // The recording also shows a DaemonSet that another case had made.
    expected.removeIf(row -> rows.stream().noneMatch(own -> sameName(own, row)));
    assertThat(expected).isNotEmpty().allSatisfy(row -> assertThat(rows).contains(row));
  }

  private static boolean sameName(String own, String row) {
    return own.split(",")[0].equals(row.split(",")[0]);
  }

  private static ObjectNode document(JsonNode object) {
    ObjectNode document = object.deepCopy().asObject();
    if (document.has("name")) {
      document.putObject("metadata").set("name", document.remove("name"));
    }
    ObjectNode metadata = document.withObject("metadata");
    if (!metadata.has("creationTimestamp")) {
      metadata.put("creationTimestamp", "2026-01-01T00:00:00Z");
    }
    // What the recording did to the object after it was created.
    if (document.path("deleted").asBoolean(false)) {
      metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
    }
    JsonNode spec = document.path("spec");
    if (document.has("status") && spec.path("containers").isMissingNode() && spec.isObject()) {
      document.withObject("spec").putArray("containers").addObject().put("name", "c");
    }
    if (spec.has("schedulingGates")) {
      document
          .withObject("status")
          .putArray("conditions")
          .addObject()
          .put("type", "PodScheduled")
          .put("status", "False")
          .put("reason", "SchedulingGated");
    }
    if (document.path("kind").asString("").equals("DaemonSet")) {
      document
          .putObject("status")
          .put("desiredNumberScheduled", 5)
          .put("currentNumberScheduled", 4)
          .put("numberReady", 3)
          .put("updatedNumberScheduled", 2)
          .put("numberAvailable", 1);
    }
    return document;
  }

  private static String cells(Kind kind, ObjectNode document) {
    var cells = Json.mapper().createArrayNode();
    for (Column column : kind.columns()) {
      JsonNode cell = column.cell().of(document, NOW);
      if (column.name().equals("Age")) {
        cells.add("<age>");
      } else if (cell.isString()) {
        cells.add(cell.asString().replaceAll("\\([0-9a-z]+ ago\\)", "(<age> ago)"));
      } else {
        cells.add(cell);
      }
    }
    return cells.toString();
  }
}
