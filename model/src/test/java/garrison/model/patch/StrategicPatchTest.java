package garrison.model.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Json;
import garrison.model.schema.Schema;
import garrison.model.schema.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Strategic merge patch (spec: api-server 11.1). */
class StrategicPatchTest {
  private static final Struct DAEMON_SET = Schema.struct("apps.v1.DaemonSet");
  private static final Struct POD = Schema.struct("core.v1.Pod");

  private static ObjectNode parse(String json) {
    return (ObjectNode) Json.parse(json);
  }

  /** Single quotes for double ones, for legible tables. */
  private static ObjectNode quoted(String json) {
    return parse(json.replace('\'', '"'));
  }

  private static ArrayNode containers(JsonNode names, JsonNode live, boolean withImage) {
    ArrayNode list = Json.object().arrayNode();
    for (JsonNode name : names) {
      ObjectNode item = list.addObject().put("name", name.asString());
      if (withImage) {
        boolean known = live.valueStream().anyMatch(name::equals);
        item.put("image", known ? "z" : "y");
      }
    }
    return list;
  }

  @Test
  void mergedListsKeepTheRecordedOrder() {
    assumeTrue(SharedFiles.present());
    JsonNode recorded = SharedFiles.json("spec/golden/patch-strategic-order.json");
    assertThat(recorded.path("containers").size()).isEqualTo(20);
    for (JsonNode row : recorded.path("containers")) {
      ObjectNode document = parse("{\"spec\": {\"template\": {\"spec\": {}}}}");
      ObjectNode live = (ObjectNode) document.at("/spec/template/spec");
      live.set("containers", containers(row.path("live"), row.path("live"), false));
      ObjectNode patch = parse("{\"spec\": {\"template\": {\"spec\": {}}}}");
      ObjectNode change = (ObjectNode) patch.at("/spec/template/spec");
      change.set("containers", containers(row.path("patch"), row.path("live"), true));
      JsonNode order = row.path("$setElementOrder");
      if (order.isArray()) {
        change.set("$setElementOrder/containers", containers(order, order, false));
      }
      if (row.path("result").isString()) {
        assertThatThrownBy(() -> StrategicPatch.apply(DAEMON_SET, document, patch))
            .as(row.toString())
            .extracting(e -> e.getMessage().replace('\n', ' '))
            .isEqualTo(row.path("result").stringValue());
      } else {
        JsonNode result = StrategicPatch.apply(DAEMON_SET, document, patch);
        ArrayNode names = Json.object().arrayNode();
        result.at("/spec/template/spec/containers").forEach(item -> names.add(item.path("name")));
        assertThat(names).as(row.toString()).isEqualTo(row.path("result"));
      }
    }
  }

  @Test
  void scalarListsAreSetsInTheRecordedOrder() {
    assumeTrue(SharedFiles.present());
    for (JsonNode row :
        SharedFiles.json("spec/golden/patch-strategic-order.json").path("finalizers")) {
      ObjectNode document = parse("{\"metadata\": {}}");
      document.withObject("metadata").set("finalizers", row.path("live"));
      ObjectNode patch = parse("{\"metadata\": {}}");
      ObjectNode change = patch.withObject("metadata");
      change.set("finalizers", row.path("patch"));
      for (String directive : new String[] {"$setElementOrder", "$deleteFromPrimitiveList"}) {
        if (row.path(directive).isArray()) {
          change.set(directive + "/finalizers", row.path(directive));
        }
      }
      assertThat(StrategicPatch.apply(DAEMON_SET, document, patch).at("/metadata/finalizers"))
          .as(row.toString())
          .isEqualTo(row.path("result"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {'metadata':{'labels':{'a':'1','b':'2'}}} | {'metadata':{'labels':{'a':null,'c':'3'}}} | {'metadata':{'labels':{'b':'2','c':'3'}}}
      {'spec':{'nodeSelector':{'a':'1'}}} | {'spec':{'nodeSelector':{'$patch':'replace','b':'2'}}} | {'spec':{'nodeSelector':{'b':'2'}}}
      {'spec':{'nodeSelector':{'a':'1'}}} | {'spec':{'nodeSelector':{'$patch':'delete'}}} | {'spec':{}}
      {'spec':{'tolerations':[{'key':'a'}]}} | {'spec':{'tolerations':[{'key':'b'}]}} | {'spec':{'tolerations':[{'key':'b'}]}}
      {'spec':{'containers':[{'name':'a','image':'1'},{'name':'b'}]}} | {'spec':{'containers':[{'$patch':'delete','name':'b'},{'name':'a','image':'2'}]}} | {'spec':{'containers':[{'name':'a','image':'2'}]}}
      {'spec':{'containers':[{'name':'a'},{'name':'b'}]}} | {'spec':{'containers':[{'$patch':'replace'},{'name':'c'}]}} | {'spec':{'containers':[{'name':'c'}]}}
      {'spec':{'containers':[{'name':'a','env':[{'name':'X','value':'1'}]}]}} | {'spec':{'containers':[{'name':'a','env':[{'name':'Y','value':'2'},{'name':'X','$patch':'delete'}]}]}} | {'spec':{'containers':[{'name':'a','env':[{'name':'Y','value':'2'}]}]}}
      {'spec':{'containers':[{'name':'a'}]}} | {'spec':{'containers':null}} | {'spec':{}}
      {'spec':{}} | {'spec':{'containers':[{'name':'a','env':[{'name':'X','$patch':'delete'}]}]}} | {'spec':{'containers':[{'name':'a','env':[]}]}}
      {'spec':{'containers':[{'name':'a'},{'name':'b'}]}} | {'spec':{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}} | {'spec':{'containers':[{'name':'b'},{'name':'a'}]}}
      {'spec':{'volumes':[{'name':'v','emptyDir':{}}]}} | {'spec':{'volumes':[{'name':'v','$retainKeys':['name','hostPath'],'hostPath':{'path':'/x'}}]}} | {'spec':{'volumes':[{'name':'v','hostPath':{'path':'/x'}}]}}
      {'spec':{}} | {'spec':{'volumes':[{'name':'v','$retainKeys':['name','hostPath'],'hostPath':{'path':'/x'}}]}} | {'spec':{'volumes':[{'name':'v','hostPath':{'path':'/x'}}]}}
      {'metadata':{'ownerReferences':[{'uid':'o','name':'x'},{'uid':'p'}]}} | {'metadata':{'ownerReferences':[{'$patch':'delete','uid':'o'}]}} | {'metadata':{'ownerReferences':[{'uid':'p'}]}}
      {'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'protocol':'TCP'},{'containerPort':80,'protocol':'UDP'}]}]}} | {'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'n'}]}]}} | {'spec':{'containers':[{'name':'a','ports':[{'containerPort':80,'protocol':'TCP','name':'n'},{'containerPort':80,'protocol':'UDP'}]}]}}
      {'status':{'conditions':[{'type':'Ready','status':'False'},{'type':'Other'}]}} | {'status':{'$setElementOrder/conditions':[{'type':'Ready'}],'conditions':[{'type':'Ready','status':'True'}]}} | {'status':{'conditions':[{'type':'Ready','status':'True'},{'type':'Other'}]}}
      """)
  void patches(String live, String patch, String result) {
    ObjectNode before = quoted(live);
    ObjectNode copy = before.deepCopy();
    ObjectNode change = quoted(patch);
    ObjectNode changeCopy = change.deepCopy();
    assertThat(StrategicPatch.apply(POD, before, change)).isEqualTo(quoted(result));
    assertThat(before).isEqualTo(copy);
    assertThat(change).isEqualTo(changeCopy);
  }

  @Test
  void selectorOfABudgetIsReplaced() {
    assertThat(
            StrategicPatch.apply(
                Schema.struct("policy.v1.PodDisruptionBudget"),
                quoted("{'spec':{'selector':{'matchLabels':{'a':'1'}}}}"),
                quoted("{'spec':{'selector':{'matchLabels':{'b':'2'}}}}")))
        .isEqualTo(quoted("{'spec':{'selector':{'matchLabels':{'b':'2'}}}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {'spec':{'containers':[{'image':'x'}]}} | map: map[image:x] does not contain declared merge key: name
      {'spec':{'$patch':'foo'}} | unknown patch type: foo in map: map[$patch:foo]
      """)
  void brokenDirectivesAreTold(String patch, String why) {
    assertThatThrownBy(() -> StrategicPatch.apply(POD, quoted("{'spec':{}}"), quoted(patch)))
        .isInstanceOf(PatchException.class)
        .hasMessage(why);
  }
}
