package garrison.model.json;

import tools.jackson.databind.JsonNode;

/**
 * How deep a document may nest. Whatever walks a document calls itself, so depth costs stack; and
 * Jackson writes no more than 500 levels, among them those of the list or event around a document.
 */
public final class Depth {
  /** Levels of arrays and objects in one document. */
  public static final int MOST = 450;

  private Depth() {}

  /** Whether a value has more levels than that; a scalar has none. Looks no deeper than needed. */
  public static boolean exceeds(JsonNode value, int most) {
    if (!value.isContainer()) {
      return false;
    }
    if (most <= 0) {
      return true;
    }
    for (JsonNode member : value) {
      if (exceeds(member, most - 1)) {
        return true;
      }
    }
    return false;
  }
}
