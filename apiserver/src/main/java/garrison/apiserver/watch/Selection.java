package garrison.apiserver.watch;

import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.selector.FieldSelector;
import garrison.model.selector.LabelSelector;
import garrison.model.selector.SelectorException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which objects a list or a watch is about. Immutable.
 *
 * @param kind as which the objects are shown
 * @param namespace empty for all
 * @param labels what their labels must be
 * @param fields what their fields must be
 */
public record Selection(Kind kind, String namespace, LabelSelector labels, FieldSelector fields) {
  /** Reads the selectors; malformed ones are a 400. */
  public static Selection of(
      Kind kind, String namespace, String labelSelector, String fieldSelector) {
    try {
      FieldSelector fields = FieldSelector.parse(fieldSelector);
      fields.checkSupported(kind);
      return new Selection(kind, namespace, LabelSelector.parse(labelSelector), fields);
    } catch (SelectorException e) {
      throw StatusException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** What the keys of all that can match start with. */
  String prefix() {
    return Keys.prefix(kind, namespace);
  }

  /** Whether nothing but the namespace matters. */
  public boolean unconditional() {
    return labels.isEmpty() && fields.isEmpty();
  }

  /** The only key that can match, null where there may be others. */
  @Nullable String singleKey() {
    String name = fields.exact("metadata.name");
    return name == null || (kind.namespaced() && namespace.isEmpty())
        ? null
        : Keys.of(kind, namespace, name);
  }

  /** Whether this state is selected. */
  boolean matches(Stored stored, Encoder encoder) {
    if (!stored.key().startsWith(prefix())) {
      return false;
    }
    if (unconditional()) {
      return true;
    }
    ObjectNode document = stored.as(kind, encoder).document();
    return (fields.isEmpty() || fields.matches(document))
        && (labels.isEmpty() || labels.matches(labelsOf(document)));
  }

  /** The labels of a document. */
  static Map<String, String> labelsOf(ObjectNode document) {
    JsonNode labels = document.path("metadata").path("labels");
    if (labels.isEmpty()) {
      return Map.of();
    }
    Map<String, String> map = new LinkedHashMap<>();
    labels.forEachEntry((key, value) -> map.put(key, value.asString("")));
    return map;
  }
}
