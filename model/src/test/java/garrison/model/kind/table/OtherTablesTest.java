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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Cells of the smaller kinds (spec: api-server 7, "Cell rules"). */
class OtherTablesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  private static String row(Kind kind, ObjectNode document) {
    List<String> cells = new ArrayList<>();
    for (Column column : kind.columns()) {
      cells.add(column.cell().of(document, NOW).asString());
    }
    return String.join("|", cells);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "v1 # ConfigMap # {'data':{'a':'1'},'binaryData':{'b':''}} # x|2|60m",
        "v1 # Secret # {'type':'Opaque','data':{'a':'MQ=='}} # x|Opaque|1|60m",
        "v1 # ServiceAccount # {} # x|60m",
        "v1 # Service # {'spec':{'type':'ClusterIP','clusterIP':'10.0.0.1','ports':["
            + "{'port':443}]}} # x|ClusterIP|10.0.0.1|<none>|443/TCP|60m|<none>",
        "v1 # Service # {'spec':{'type':'ClusterIP','clusterIP':'None','selector':{'a':'b'},'ports':["
            + "{'port':80,'protocol':'TCP'},{'port':443,'protocol':'UDP'}]}}"
            + " # x|ClusterIP|None|<none>|80/TCP,443/UDP|60m|a=b",
        "v1 # Endpoints # {'subsets':[{'addresses':[{'ip':'10.0.0.2'},{'ip':'fd00::2'}],"
            + "'ports':[{'port':6443}]}]} # x|10.0.0.2:6443,[fd00::2]:6443|60m",
        "v1 # Endpoints # {} # x|<none>|60m",
        "v1 # Namespace # {'status':{'phase':'Terminating'}} # x|Terminating|60m",
        "v1 # PodTemplate # {'template':{'metadata':{'labels':{'z':'1','a':'b'}},'spec':{'containers':"
            + "[{'name':'c','image':'x'},{'name':'d','image':'y'}]}}} # x|c,d|x,y|a=b,z=1",
        "coordination.k8s.io/v1 # Lease # {'spec':{'holderIdentity':'me'}} # x|me|60m",
        "coordination.k8s.io/v1 # Lease # {'spec':{}} # x||60m",
        "policy/v1 # PodDisruptionBudget # {'spec':{'minAvailable':'50%'}} # x|50%|N/A|0|60m",
        "policy/v1 # PodDisruptionBudget # {'spec':{'maxUnavailable':1},"
            + "'status':{'disruptionsAllowed':2}} # x|N/A|1|2|60m",
        "scheduling.k8s.io/v1 # PriorityClass # {'value':2000000000,"
            + "'preemptionPolicy':'Never'} # x|2000000000|false|60m|Never",
        "node.k8s.io/v1 # RuntimeClass # {'handler':'process'} # x|process|60m",
        "storage.k8s.io/v1 # CSINode # {'spec':{'drivers':[{'name':'d'}]}} # x|1|60m",
        "rbac.authorization.k8s.io/v1 # RoleBinding # {'roleRef':{'kind':'Role','name':'r'},"
            + "'subjects':[{'kind':'User','name':'joe'},{'kind':'Group','name':'g'},"
            + "{'kind':'ServiceAccount','namespace':'ns','name':'sa'}]} # x|Role/r|60m|joe|g|ns/sa",
        "rbac.authorization.k8s.io/v1 # Role # {} # x|2026-01-01T00:00:00Z",
        "apps/v1 # ControllerRevision # {'revision':3} # x|<none>|3|60m",
        "apiextensions.k8s.io/v1 # CustomResourceDefinition # {'spec':{'group':'ex.com',"
            + "'scope':'Namespaced','names':{'kind':'Foo'},'versions':[{'name':'v1',"
            + "'storage':true}]}} # x|Namespaced|v1(storage)|2026-01-01T00:00:00Z|ex.com|Foo||false",
      })
  void cells(String apiVersion, String kindName, String document, String expected) {
    Kind kind = Kinds.byKind(apiVersion, kindName);
    assertThat(kind).isNotNull();
    ObjectNode object = Json.parse(document.replace('\'', '"')).asObject();
    object.withObject("metadata").put("name", "x").put("creationTimestamp", "2026-01-01T00:00:00Z");
    assertThat(row(kind, object)).isEqualTo(expected);
  }

  /** Both groups show the same events alike. */
  @Test
  void eventsAreShownAsRecorded() {
    assumeTrue(SharedFiles.present(), "the specification is not beside this checkout");
    JsonNode golden = SharedFiles.json("spec/golden/table-events.json");
    for (JsonNode one : golden.path("cases")) {
      Kind kind =
          one.path("request").path("path").asString().startsWith("/api/v1")
              ? Kinds.EVENT
              : Kinds.EVENTS_EVENT;
      List<String> rows = new ArrayList<>();
      for (JsonNode object : golden.path("objects")) {
        ObjectNode document = object.deepCopy().asObject();
        if (kind.storedAs() != null) {
          document = kind.storedAs().fromStored().convert(document);
        }
        rows.add(row(kind, document).replaceAll("(?<=^|\\|)([0-9]+[smhdy])+(?=\\||$)", "<age>"));
      }
      List<String> expected = new ArrayList<>();
      for (JsonNode row : one.path("response").path("body").path("rows")) {
        List<String> cells = new ArrayList<>();
        row.path("cells").forEach(cell -> cells.add(cell.asString()));
        expected.add(String.join("|", cells));
      }
      // The recorder looked on at a later day than this test does.
      rows.replaceAll(row -> row.replace("<invalid>", "<age>"));
      assertThat(rows).isEqualTo(expected);
    }
  }

  /** Upstream stops reading init containers at the first that is not done. */
  @Test
  void restartsOfInitContainersThatWaitTheirTurnDoNotCount() {
    ObjectNode pod =
        Json.parse(
                """
                {"metadata":{"name":"p"},"spec":{"initContainers":[{"name":"a"},{"name":"b"}],
                 "containers":[{"name":"c"}]},"status":{"phase":"Pending","initContainerStatuses":[
                 {"name":"a","restartCount":2,"state":{"running":{}}},
                 {"name":"b","restartCount":5,"state":{"waiting":{"reason":"PodInitializing"}}}]}}
                """)
            .asObject();
    assertThat(row(Kinds.POD, pod)).startsWith("p|0/1|Init:0/2|2|");
  }

  /** A bookmark is a row made from an empty object (spec: api-server 7). */
  @Test
  void everyKindShowsAnEmptyObject() {
    for (Kind kind : Kinds.all()) {
      assertThat(row(kind, Json.object())).as(kind.plural()).doesNotContain("null");
    }
    assertThat(row(Kinds.CONFIG_MAP, Json.object())).isEqualTo("|0|<unknown>");
  }
}
