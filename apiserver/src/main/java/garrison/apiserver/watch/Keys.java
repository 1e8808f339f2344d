package garrison.apiserver.watch;

import garrison.model.kind.Kind;

/** Where objects lie in the store: {@code /registry/<group or core>/<plural>/[<ns>/]<name>}. */
public final class Keys {
  /** What all keys start with. */
  public static final String ROOT = "/registry/";

  private Keys() {}

  /** The kind that owns the storage of this one: itself, or the one it shares. */
  public static Kind storage(Kind kind) {
    return kind.storedAs() == null ? kind : kind.storedAs().kind();
  }

  /** {@code <group or core>/<plural>} of the storage. */
  static String resource(Kind kind) {
    Kind stored = storage(kind);
    return (stored.group().isEmpty() ? "core" : stored.group()) + "/" + stored.plural();
  }

  /** What the keys of a kind start with; of one namespace where it is not empty. */
  public static String prefix(Kind kind, String namespace) {
    String prefix = ROOT + resource(kind) + "/";
    return kind.namespaced() && !namespace.isEmpty() ? prefix + namespace + "/" : prefix;
  }

  /** The key of one object. */
  public static String of(Kind kind, String namespace, String name) {
    return prefix(kind, namespace) + name;
  }

  /** The resource of a key, as {@link #resource} has it; empty for a key of another form. */
  static String resourceOf(String key) {
    int group = key.indexOf('/', ROOT.length());
    int plural = group < 0 ? -1 : key.indexOf('/', group + 1);
    return plural < 0 ? "" : key.substring(ROOT.length(), plural);
  }
}
