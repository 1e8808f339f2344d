package garrison.model.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 6902 and RFC 7386 as the API takes them (spec: api-server 11). */
class JsonPatchTest {
  private static JsonNode quoted(String json) {
    return Json.parse(json.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {'a':1}         | [{'op':'add','path':'/b','value':2}]      | {'a':1,'b':2}
      {'a':[1,3]}     | [{'op':'add','path':'/a/1','value':2}]    | {'a':[1,2,3]}
      {'a':[1]}       | [{'op':'add','path':'/a/-','value':2}]    | {'a':[1,2]}
      {'a':1}         | [{'op':'remove','path':'/a'}]             | {}
      {'a':[1,2]}     | [{'op':'remove','path':'/a/0'}]           | {'a':[2]}
      {'a/b':1,'~':2} | [{'op':'replace','path':'/a~1b','value':3},{'op':'remove','path':'/~0'}] | {'a/b':3}
      {'a':{'b':1}}   | [{'op':'move','from':'/a/b','path':'/c'}] | {'a':{},'c':1}
      {'a':{'b':1}}   | [{'op':'copy','from':'/a','path':'/c'}]   | {'a':{'b':1},'c':{'b':1}}
      {'a':1}         | [{'op':'test','path':'/a','value':1.0},{'op':'test','path':'/x','value':null}] | {'a':1}
      """)
  void operations(String document, String patch, String result) {
    assertThat(JsonPatch.apply(quoted(document), quoted(patch))).isEqualTo(quoted(result));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'op':'test','path':'/a','value':2}]",
        "[{'op':'remove','path':'/x'}]",
        "[{'op':'replace','path':'/x','value':1}]",
        "[{'op':'add','path':'/x/y','value':1}]",
        "[{'op':'add','path':'/l/7','value':1}]",
        "[{'op':'add','path':'/a'}]",
        "[{'op':'foo','path':'/a'}]",
        "[{'op':'remove'}]"
      })
  void failingOperationsChangeNothing(String patch) {
    JsonNode document = quoted("{'a':1,'l':[]}");
    assertThatThrownBy(() -> JsonPatch.apply(document, quoted(patch)))
        .isInstanceOfSatisfying(
            PatchException.class,
            e -> assertThat(e.kind()).isEqualTo(PatchException.Kind.REJECTED));
    assertThat(document).isEqualTo(quoted("{'a':1,'l':[]}"));
  }

  @Test
  void aPatchIsAListOfAtMostTenThousand() {
    assertThatThrownBy(() -> JsonPatch.apply(Json.object(), Json.object()))
        .hasMessage(
            "error decoding patch: json: cannot unmarshal object into Go value of type"
                + " []handlers.jsonPatchOp");
    ArrayNode many = Json.object().arrayNode();
    for (int i = 0; i < 10_001; i++) {
      many.addObject();
    }
    assertThatThrownBy(() -> JsonPatch.apply(Json.object(), many))
        .hasMessageEndingWith("operations in a JSON patch is 10000, got 10001");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {'a':1,'b':{'c':1}} | {'a':null,'b':{'d':2}}  | {'b':{'c':1,'d':2}}
      {'a':[1,2]}         | {'a':[3]}               | {'a':[3]}
      {'a':1}             | {'a':{'b':null,'c':1}}  | {'a':{'c':1}}
      """)
  void mergePatches(String document, String patch, String result) {
    assertThat(MergePatch.apply((ObjectNode) quoted(document), quoted(patch)))
        .isEqualTo(quoted(result));
  }

  @Test
  void aMergePatchIsAnObject() {
    assertThatThrownBy(() -> MergePatch.apply(Json.object(), quoted("[]")))
        .hasMessage(
            "error decoding patch: json: cannot unmarshal array into Go value of type"
                + " map[string]interface {}");
  }

  /** Ten copies of the whole into itself are a thousand of it, a hundred are more than any heap. */
  @Test
  void copiesCannotGrowWithoutEnd() {
    ArrayNode patch = Json.mapper().createArrayNode();
    for (int i = 0; i < 100; i++) {
      patch.addObject().put("op", "copy").put("from", "/l").put("path", "/l/-");
    }
    assertRejected(quoted("{'l':['aaaaaaaaaaaaaaaaaaaa']}"), patch);
  }

  @Test
  void depthCannotGrowWithoutEnd() {
    String path = "/d".repeat(400);
    ObjectNode deep = Json.object();
    ObjectNode at = deep;
    for (int i = 0; i < 400; i++) {
      at = at.putObject("d");
    }
    for (String op : new String[] {"add", "replace", "move", "copy"}) {
      ArrayNode patch = Json.mapper().createArrayNode();
      ObjectNode operation = patch.addObject().put("op", op).put("path", path).put("from", "/e");
      operation.set("value", deep);
      ObjectNode document = deep.deepCopy();
      document.set("e", deep);
      assertRejected(document, patch);
    }
  }

  private static void assertRejected(JsonNode document, JsonNode patch) {
    assertThatThrownBy(() -> JsonPatch.apply(document, patch))
        .isInstanceOfSatisfying(
            PatchException.class,
            e -> assertThat(e.kind()).isEqualTo(PatchException.Kind.REJECTED));
  }
}
