package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.FieldError;
import garrison.model.SharedFiles;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Documents that a real 1.37.2 server refused, or took with a warning: the same words here. */
class ValidationGoldenTest {
  /** The objects that the recorded patches were applied to. */
  private static final Map<String, String> PRESENT =
      Map.of(
          "n1",
          """
          {"metadata":{"name":"n1"},"spec":{"podCIDR":"10.1.0.0/24","podCIDRs":["10.1.0.0/24"],"providerID":"a"},
           "status":{"capacity":{"cpu":"4"},"allocatable":{"cpu":"4"}}}
          """,
          "im",
          """
          {"metadata":{"name":"im"},"data":{"a":"b"},"immutable":true}
          """,
          "s",
          """
          {"metadata":{"name":"s"},"type":"Opaque"}
          """,
          "rv1",
          """
          {"metadata":{"name":"rv1"},"revision":1,"data":{"a":1}}
          """,
          "p",
          """
          {"metadata":{"name":"p"},"value":5}
          """,
          "ea",
          """
          {"metadata":{"name":"ea"},"eventTime":"2026-01-01T00:00:00.000000Z",
           "reportingController":"a.b/c","reportingInstance":"x","action":"A","reason":"R",
           "type":"Normal","regarding":{"kind":"Pod","namespace":"default","name":"p"},"note":"hi"}
          """);

  @TestFactory
  Stream<DynamicTest> daemonSets() {
    return changes("spec/golden/status-422-daemonset.json", Kinds.DAEMON_SET);
  }

  @TestFactory
  Stream<DynamicTest> pods() {
    return changes("spec/golden/status-422-pod.json", Kinds.POD);
  }

  /** Rows of one change each to a valid document. */
  private static Stream<DynamicTest> changes(String file, Kind kind) {
    assumeTrue(SharedFiles.present());
    JsonNode golden = SharedFiles.json(file);
    JsonNode base = golden.path("request").path("base");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : golden.path("cases")) {
      if (row.path("code").asInt() == 403) {
        // Admission's.
        continue;
      }
      tests.add(
          DynamicTest.dynamicTest(
              row.path("set").toString(),
              () -> {
                ObjectNode document = (ObjectNode) base.deepCopy();
                row.path("set").forEachEntry((path, value) -> set(document, path, value));
                check(Write.create(kind, "default", document), row);
              }));
    }
    return tests.stream();
  }

  private static void set(ObjectNode document, String path, JsonNode value) {
    String[] names = path.split("\\.");
    ObjectNode parent = document;
    for (int i = 0; i < names.length - 1; i++) {
      parent = parent.withObject("/" + names[i]);
    }
    if (value.isNull()) {
      parent.remove(names[names.length - 1]);
    } else {
      parent.set(names[names.length - 1], value);
    }
  }

  private static void check(Write write, JsonNode row) {
    List<String> wanted = new ArrayList<>();
    for (JsonNode cause : row.path("causes")) {
      wanted.add(
          cause.path(0).asString()
              + " | "
              + cause.path(1).asString()
              + " | "
              + cause.path(2).asString());
    }
    assertThat(write.errors()).extracting(ValidationGoldenTest::line).isEqualTo(wanted);
    List<String> warnings = new ArrayList<>();
    for (JsonNode header : row.path("warnings")) {
      warnings.add(unquoted(header.asString()));
    }
    assertThat(write.warnings()).isEqualTo(warnings);
  }

  private static String line(FieldError error) {
    return error.field() + " | " + error.type().text() + " | " + error.message();
  }

  /** The text of a header such as {@code 299 - "text"}. */
  private static String unquoted(String header) {
    String quoted = header.substring(header.indexOf('"') + 1, header.length() - 1);
    return quoted.replace("\\\"", "\"").replace("\\\\", "\\");
  }

  @TestFactory
  Stream<DynamicTest> otherKinds() {
    assumeTrue(SharedFiles.present());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : SharedFiles.json("spec/golden/status-422-other-kinds.json").path("cases")) {
      String request = row.path("do").asString();
      String path = request.substring(request.indexOf('/'));
      Write.Place place = Write.place(path);
      Kind kind = place.kind();
      boolean ours = row.path("code").asInt() == 422 || row.path("code").asInt() < 300;
      // A body that was cut is tested below.
      if (kind == null || !ours || row.path("body").isString()) {
        continue;
      }
      tests.add(
          DynamicTest.dynamicTest(
              request + " " + row.path("body"),
              () -> {
                if (request.startsWith("PATCH")) {
                  ObjectNode old =
                      Write.create(kind, place.namespace(), Json.parse(PRESENT.get(place.name())))
                          .document();
                  check(Write.patch(kind, place.subresource(), old, row.path("body")), row);
                } else {
                  check(Write.create(kind, place.namespace(), row.path("body")), row);
                }
              }));
    }
    return tests.stream();
  }
}
