package garrison.model.rules;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Semantic;
import tools.jackson.databind.node.ObjectNode;

/** What ConfigMaps and Secrets have in common: keys, size, and being frozen. */
final class DataRules {
  /** The most that all values of one object may have together, in bytes. */
  static final int LIMIT = 1024 * 1024;

  private DataRules() {}

  /** Checks the keys of a map of values in Base64; answers the size of what they encode. */
  static long encoded(At data, Errors errors) {
    long[] size = {0};
    data.entries(
        (key, value) -> {
          errors.invalid(value, key, Formats.configKey(key));
          size[0] += decodedLength(value.text());
        });
    return size[0];
  }

  private static long decodedLength(String base64) {
    int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
    return Math.max(0, base64.length() / 4 * 3L - padding);
  }

  /** An object that said it is immutable stays as it is, and stays immutable. */
  static void frozen(ObjectNode document, ObjectNode old, Errors errors, String... members) {
    if (!At.of(old).flag("immutable")) {
      return;
    }
    String why = "field is immutable when `immutable` is set";
    At at = At.of(document);
    if (!at.flag("immutable")) {
      errors.forbidden(at.child("immutable"), why);
    }
    for (String member : members) {
      if (!Semantic.equal(document.path(member), old.path(member))) {
        errors.forbidden(at.child(member), why);
      }
    }
  }
}
