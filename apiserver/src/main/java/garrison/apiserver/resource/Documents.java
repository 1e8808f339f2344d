package garrison.apiserver.resource;

import garrison.model.json.Json;
import garrison.model.rules.check.Semantic;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Small questions to documents, and small changes of them. Pure but for the document named. */
final class Documents {
  /** Numbers are equal by value: 1 read from text is an int, 1 counted here is a long. */
  private static final Comparator<JsonNode> BY_VALUE =
      (a, b) -> {
        if (a.equals(b)) {
          return 0;
        }
        return a.isIntegralNumber() && b.isIntegralNumber() && a.longValue() == b.longValue()
            ? 0
            : 1;
      };

  private Documents() {}

  /** The metadata, made where it is missing. */
  static ObjectNode metadata(ObjectNode document) {
    return document.get("metadata") instanceof ObjectNode metadata
        ? metadata
        : document.putObject("metadata");
  }

  /** A copy whose metadata may be changed; all else is shared, and is to stay as it is. */
  static ObjectNode withMetadataCopied(ObjectNode document) {
    ObjectNode copy = Json.object();
    copy.setAll(document);
    copy.set("metadata", metadata(document).deepCopy());
    return copy;
  }

  static String name(JsonNode document) {
    return text(document.path("metadata"), "name");
  }

  static String namespace(JsonNode document) {
    return text(document.path("metadata"), "namespace");
  }

  static String uid(JsonNode document) {
    return text(document.path("metadata"), "uid");
  }

  static String resourceVersion(JsonNode document) {
    return text(document.path("metadata"), "resourceVersion");
  }

  static boolean deleting(JsonNode document) {
    return document.path("metadata").path("deletionTimestamp").isString();
  }

  static boolean hasFinalizers(JsonNode document) {
    return !document.path("metadata").path("finalizers").isEmpty();
  }

  /** The text of a member, empty where it is no text. */
  static String text(JsonNode object, String member) {
    JsonNode value = object.path(member);
    return value.isString() ? value.stringValue() : "";
  }

  /** Sets a number in the form in which it is read again. */
  static void put(ObjectNode object, String member, long number) {
    if (number == (int) number) {
      object.put(member, (int) number);
    } else {
      object.put(member, number);
    }
  }

  /** Copies a member from one object to another, or removes it where the first lacks it. */
  static void carry(ObjectNode from, ObjectNode to, String member) {
    JsonNode value = from.get(member);
    if (value == null) {
      to.remove(member);
    } else {
      to.set(member, value.deepCopy());
    }
  }

  /** Whether two documents say the same, whatever the order of members. */
  static boolean same(@Nullable JsonNode a, @Nullable JsonNode b) {
    return a == null || b == null ? a == b : a.equals(BY_VALUE, b);
  }

  /**
   * Whether they want the same: {@code spec}, or {@code template} where a kind has that instead. A
   * kind with neither (a priority class) has nothing whose changes are counted.
   */
  static boolean sameSpec(ObjectNode a, ObjectNode b) {
    return Semantic.equal(a.path("spec"), b.path("spec"))
        && Semantic.equal(a.path("template"), b.path("template"));
  }
}
