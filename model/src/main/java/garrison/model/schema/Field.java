package garrison.model.schema;

import java.util.List;

/**
 * One member of a struct.
 *
 * @param name in JSON
 * @param type what it holds
 * @param pointer whether its absence differs from its zero value
 * @param omitEmpty whether its zero value is left out
 * @param required whether the schema asks for it; no statement about its value
 * @param goType the type's name in error messages
 * @param number in protobuf, 0 for none
 * @param via the protobuf field whose message holds it, 0 for its struct's own message
 * @param envelope whether it stands outside the protobuf message
 * @param patchStrategies of strategic merge: merge, replace, retainKeys; empty for the default
 * @param patchMergeKey what tells the items of a merged list apart, empty for scalars
 * @param listType of server-side apply: map, set, atomic; or granular; empty for the default
 * @param listMapKeys what tells the items apart there
 * @param defaultText the default that the schema shows, as text; empty for none
 */
public record Field(
    String name,
    Type type,
    boolean pointer,
    boolean omitEmpty,
    boolean required,
    String goType,
    int number,
    int via,
    boolean envelope,
    List<String> patchStrategies,
    String patchMergeKey,
    String listType,
    List<String> listMapKeys,
    String defaultText) {
  /** Whether a list is merged item by item by a strategic patch. */
  public boolean merges() {
    return patchStrategies.contains("merge");
  }
}
