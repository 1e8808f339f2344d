package garrison.apiserver.openapi;

import garrison.model.kind.Kind;
import java.util.Comparator;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** An API group, empty for the core, in one version. */
record GroupVersion(String group, String version) implements Comparable<GroupVersion> {
  static GroupVersion of(Kind kind) {
    return new GroupVersion(kind.group(), kind.version());
  }

  /** The key of its document: its path without the first slash. */
  String key() {
    return group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
  }

  /** Words for the group, such as {@code rbacAuthorization}; the common suffix says nothing. */
  String words() {
    String name = group.isEmpty() ? "core" : group.replace(".k8s.io", "");
    StringBuilder words = new StringBuilder();
    for (String word : name.split("\\.", -1)) {
      words.append(words.isEmpty() ? word : capital(word));
    }
    return words.toString();
  }

  /** {@code AppsV1}: the middle of an operation's name. */
  String title() {
    return capital(words()) + capital(version);
  }

  /** {@code apps_v1}. */
  String tag() {
    return words() + "_" + version;
  }

  /** Writes the group, the version and this kind into a node. */
  void write(ObjectNode target, String kind) {
    target.put("group", group);
    target.put("version", version);
    target.put("kind", kind);
  }

  static String capital(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  @Override
  public int compareTo(GroupVersion other) {
    return Comparator.comparing(GroupVersion::group)
        .thenComparing(GroupVersion::version)
        .compare(this, other);
  }
}
