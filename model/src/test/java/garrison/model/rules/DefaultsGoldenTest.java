package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a real 1.37.2 server made of small documents, less what admission adds. */
class DefaultsGoldenTest {
  /** What the server fills in, and what only managed fields know. */
  private static final List<String> SYSTEM_METADATA =
      List.of("uid", "resourceVersion", "creationTimestamp", "managedFields");

  /** What admission adds to pods and nodes. */
  private static final List<String> ADMITTED_POD =
      List.of(
          "serviceAccountName", "serviceAccount", "tolerations", "priority", "preemptionPolicy");

  @TestFactory
  Stream<DynamicTest> documents() {
    assumeTrue(SharedFiles.present());
    List<DynamicTest> tests = new ArrayList<>();
    for (String file : List.of("daemonset", "pod", "other")) {
      JsonNode golden = SharedFiles.json("spec/golden/defaults-" + file + ".json");
      for (JsonNode row : golden.path("cases")) {
        tests.add(DynamicTest.dynamicTest(row.path("case").asString(), () -> check(row)));
      }
    }
    return tests.stream();
  }

  private static void check(JsonNode row) {
    Write.Place place = Write.place(row.path("request").path("path").asString());
    Kind kind = place.kind();
    assertThat(kind).isNotNull();
    Write write = Write.create(kind, place.namespace(), row.path("request").path("body"));
    assertThat(write.errors()).isEmpty();
    JsonNode wanted = row.path("response").path("body");
    ObjectNode actual = write.document();
    for (String member : wanted.propertyNames()) {
      if (member.equals("kind") || member.equals("apiVersion")) {
        continue;
      }
      ObjectNode expected = comparable(kind, member, wanted.path(member));
      ObjectNode found = comparable(kind, member, actual.path(member));
      if (member.equals("spec") && wanted.size() <= 2) {
        // Of some answers only a part was recorded.
        found.retain(expected.propertyNames());
      }
      assertThat(found).as(member).isEqualTo(expected);
    }
    List<String> warnings = new ArrayList<>();
    for (JsonNode header : row.path("response").path("headers").path("Warning")) {
      String text = header.asString();
      warnings.add(text.substring(text.indexOf('"') + 1, text.length() - 1));
    }
    assertThat(write.warnings()).isEqualTo(warnings);
  }

  private static ObjectNode comparable(Kind kind, String member, JsonNode value) {
    ObjectNode copy =
        value.deepCopy() instanceof ObjectNode object ? object : Json.object().set("=", value);
    if (member.equals("metadata")) {
      copy.remove(SYSTEM_METADATA);
    } else if (kind.kind().equals("Pod") && member.equals("spec")) {
      copy.remove(ADMITTED_POD);
      // The volume with the token of the service account, and its mount.
      if (copy.path("volumes").toString().contains("kube-api-access")) {
        copy.remove("volumes");
        copy.path("containers").forEach(at -> ((ObjectNode) at).remove("volumeMounts"));
      }
    } else if (kind.kind().equals("Pod") && member.equals("status")) {
      copy.path("conditions").forEach(at -> ((ObjectNode) at).remove("lastTransitionTime"));
    } else if (kind.kind().equals("Node") && member.equals("spec")) {
      copy.remove("taints");
    }
    return copy;
  }
}
