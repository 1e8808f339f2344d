package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.model.schema.DecodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spellings of quantities and bounds, and what a real 1.37.2 server wrote back. */
class ValueGoldenTest {
  private static final String REFUSED =
      "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: ";

  @TestFactory
  Stream<DynamicTest> quantities() {
    return rows("quantity (limits.cpu)", "/spec/template/spec/containers/0/resources/limits/cpu");
  }

  @TestFactory
  Stream<DynamicTest> bounds() {
    return rows(
        "int-or-string (maxUnavailable)", "/spec/updateStrategy/rollingUpdate/maxUnavailable");
  }

  private static Stream<DynamicTest> rows(String table, String path) {
    assumeTrue(SharedFiles.present());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : SharedFiles.json("spec/golden/json-values.json").path(table)) {
      if (row.path("in").toString().contains("(number)")) {
        // The spelling of a number is lost in the golden file itself.
        continue;
      }
      tests.add(DynamicTest.dynamicTest(row.path("in").toString(), () -> check(row, path)));
    }
    return tests.stream();
  }

  private static void check(JsonNode row, String path) {
    ObjectNode sent =
        (ObjectNode)
            Json.parse(
                """
                {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"q"},
                 "spec":{"selector":{"matchLabels":{"app":"a"}},
                  "updateStrategy":{"rollingUpdate":{}},
                  "template":{"metadata":{"labels":{"app":"a"}},
                   "spec":{"containers":[{"name":"c","image":"x:1",
                    "resources":{"limits":{}}}]}}}}
                """);
    int name = path.lastIndexOf('/');
    ((ObjectNode) sent.at(path.substring(0, name))).set(path.substring(name + 1), row.path("in"));
    if (row.path("code").asInt() == 400) {
      assertThatThrownBy(() -> Write.create(Kinds.DAEMON_SET, "default", sent))
          .isInstanceOf(DecodeException.class)
          .hasMessage(row.path("message").asString().substring(REFUSED.length()));
      return;
    }
    Write write = Write.create(Kinds.DAEMON_SET, "default", sent);
    if (row.path("code").asInt() == 422) {
      StatusException refusal = StatusException.invalid(Kinds.DAEMON_SET, "q", write.errors());
      assertThat(refusal.message()).isEqualTo(row.path("message").asString());
    } else {
      assertThat(write.errors()).isEmpty();
      assertThat(write.document().at(path)).isEqualTo(row.path("out"));
    }
  }
}
