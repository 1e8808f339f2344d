package garrison.model.rules;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.patch.MergePatch;
import garrison.model.schema.Canonical;
import garrison.model.schema.Schema;
import garrison.model.schema.Source;
import garrison.model.schema.TypedReader;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What comes before the rules and after them: decoding, patching, the canonical form. */
final class Decoding {
  private Decoding() {}

  /** The document as the rules get it; hears of members that the kind does not have. */
  static ObjectNode decode(Kind kind, JsonNode sent, Consumer<String> warnings) {
    ObjectNode document = (ObjectNode) Json.parse(Json.bytes(sent));
    String struct = kind.struct();
    if (struct == null) {
      return document;
    }
    TypedReader reader = new TypedReader(Source.of(document));
    ObjectNode read = reader.read(Schema.struct(struct), document);
    reader.problems().forEach(warnings);
    return read;
  }

  /** The document as it would be stored. */
  static ObjectNode canonical(Kind kind, ObjectNode document) {
    String struct = kind.struct();
    return struct == null ? document : Canonical.of(Schema.struct(struct), document);
  }

  /** A JSON merge patch. */
  static ObjectNode merged(ObjectNode target, JsonNode patch) {
    return MergePatch.apply(target, patch);
  }
}
