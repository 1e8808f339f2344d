package garrison.model.kind;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything the API server knows of one kind of object. A kind is data: adding one means adding a
 * value to {@link Kinds}, never a class with handlers of its own. Immutable and thread-safe.
 *
 * @param group API group, empty for the core
 * @param version API version, such as {@code v1}
 * @param kind name of the kind, such as {@code DaemonSet}
 * @param plural name of the resource in URLs, such as {@code daemonsets}
 * @param singular such as {@code daemonset}
 * @param shortNames such as {@code ds}
 * @param categories such as {@code all}
 * @param namespaced whether objects live in namespaces
 * @param verbs what may be done to the resource
 * @param subresources such as {@code status}
 * @param struct key of the kind's struct in the schema, such as {@code apps.v1.DaemonSet}; null
 *     where the schema tables do not cover it and documents are stored as they come
 * @param columns columns of its table, the first being the name
 * @param selectableFields dotted paths that field selectors may name, besides metadata.name and
 *     metadata.namespace
 * @param traits the ways in which its writes differ from the plain ones
 * @param rules what is done to a document on its way in
 * @param storedAs the kind whose storage this one shares, null for its own
 */
public record Kind(
    String group,
    String version,
    String kind,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    Set<Verb> verbs,
    List<Subresource> subresources,
    @Nullable String struct,
    List<Column> columns,
    List<String> selectableFields,
    Set<Trait> traits,
    Rules rules,
    @Nullable SharedStorage storedAs) {

  /** A part of an object with a URL of its own, as discovery lists it. */
  public record Subresource(
      String name,
      Set<Verb> verbs,
      @Nullable String responseGroup,
      @Nullable String responseVersion,
      @Nullable String responseKind) {}

  /** How a kind reads and writes the objects of another one (events.k8s.io over core events). */
  public record SharedStorage(Kind kind, Conversion toStored, Conversion fromStored) {}

  /** {@code group/version}, or just the version for the core group. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** {@code plural.group}, or just the plural for the core group: the name in messages. */
  public String qualifiedPlural() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** Whether {@code verb} is served. */
  public boolean allows(Verb verb) {
    return verbs.contains(verb);
  }

  /** Whether the kind has this trait. */
  public boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** The subresource of that name, null where there is none. */
  public @Nullable Subresource subresource(String name) {
    for (Subresource subresource : subresources) {
      if (subresource.name().equals(name)) {
        return subresource;
      }
    }
    return null;
  }

  /** Two kinds are the same when group, version and plural are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Kind that
        && group.equals(that.group)
        && version.equals(that.version)
        && plural.equals(that.plural);
  }

  @Override
  public int hashCode() {
    return plural.hashCode() * 31 + group.hashCode();
  }

  @Override
  public String toString() {
    return qualifiedPlural() + "/" + version;
  }
}
