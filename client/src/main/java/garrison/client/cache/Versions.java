package garrison.client.cache;

import tools.jackson.databind.node.ObjectNode;

/** Reads resourceVersions, which Kubernetes lets clients compare as numbers. */
final class Versions {
  private Versions() {}

  /** The document's version, 0 where it has none or no number. */
  static long of(ObjectNode document) {
    return parse(document.path("metadata").path("resourceVersion").asString(""));
  }

  static long parse(String version) {
    if (version.isEmpty() || version.length() > 18) {
      return 0;
    }
    for (int i = 0; i < version.length(); i++) {
      if (version.charAt(i) < '0' || version.charAt(i) > '9') {
        return 0;
      }
    }
    return Long.parseLong(version);
  }
}
