package garrison.model.kind;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registry: every kind that Garrison serves (spec: api-server 2). Immutable, thread-safe. */
public final class Kinds {
  private Kinds() {}

  /** All kinds, in the order of discovery. */
  public static List<Kind> all() {
    return List.of();
  }

  /** The kind served at this group, version and plural; null where there is none. */
  public static @Nullable Kind byPlural(String group, String version, String plural) {
    for (Kind kind : all()) {
      if (kind.plural().equals(plural)
          && kind.group().equals(group)
          && kind.version().equals(version)) {
        return kind;
      }
    }
    return null;
  }

  /** The kind of that apiVersion and kind name; null where there is none. */
  public static @Nullable Kind byKind(String apiVersion, String kindName) {
    for (Kind kind : all()) {
      if (kind.kind().equals(kindName) && kind.apiVersion().equals(apiVersion)) {
        return kind;
      }
    }
    return null;
  }
}
