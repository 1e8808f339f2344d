package garrison.model.kind;

import garrison.model.kind.Kind.SharedStorage;
import garrison.model.kind.Kind.Subresource;
import garrison.model.kind.table.Columns;
import garrison.model.rules.RuleBook;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link Kind} is made of; all but the names have a plain default. */
final class KindBuilder {
  private static final Set<Verb> STATUS_VERBS = Set.of(Verb.GET, Verb.PATCH, Verb.UPDATE);

  private final String group;
  private final String version;
  private final String kind;
  private final String plural;
  private String singular;
  private List<String> shortNames = List.of();
  private List<String> categories = List.of();
  private boolean namespaced = true;
  private Set<Verb> verbs = Verb.ALL;
  private final List<Subresource> subresources = new ArrayList<>();
  private @Nullable String struct;
  private List<Column> columns = Columns.NAME_AND_CREATED;
  private List<String> selectableFields = List.of();
  private final EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
  private Rules rules = Rules.NONE;
  private @Nullable SharedStorage storedAs;

  private KindBuilder(String group, String version, String kind, String plural) {
    this.group = group;
    this.version = version;
    this.kind = kind;
    this.plural = plural;
    this.singular = kind.toLowerCase(Locale.ROOT);
  }

  static KindBuilder of(String group, String version, String kind, String plural) {
    return new KindBuilder(group, version, kind, plural);
  }

  KindBuilder shortNames(String... names) {
    shortNames = List.of(names);
    return this;
  }

  KindBuilder categories(String... names) {
    categories = List.of(names);
    return this;
  }

  KindBuilder clusterScoped() {
    namespaced = false;
    return this;
  }

  KindBuilder verbs(Verb... allowed) {
    verbs = Set.of(allowed);
    return this;
  }

  /** Clients can read it, and nobody else but the server itself has any of it. */
  KindBuilder readOnly() {
    verbs = Verb.READ_ONLY;
    return this;
  }

  /** The subresource that holds what is observed. */
  KindBuilder status() {
    return subresource("status", STATUS_VERBS, null, null, null);
  }

  /** A subresource that answers documents of this kind. */
  KindBuilder subresource(String name, Verb... allowed) {
    return subresource(name, Set.of(allowed), null, null, null);
  }

  /** A subresource that takes or answers documents of another kind of the same group version. */
  KindBuilder subresourceOf(String name, String responseKind, Verb... allowed) {
    return subresource(name, Set.of(allowed), null, null, responseKind);
  }

  KindBuilder subresource(
      String name,
      Set<Verb> allowed,
      @Nullable String responseGroup,
      @Nullable String responseVersion,
      @Nullable String responseKind) {
    subresources.add(new Subresource(name, allowed, responseGroup, responseVersion, responseKind));
    return this;
  }

  KindBuilder struct(String name) {
    struct = name;
    return this;
  }

  KindBuilder columns(List<Column> list) {
    columns = list;
    return this;
  }

  KindBuilder selectable(String... paths) {
    selectableFields = List.of(paths);
    return this;
  }

  KindBuilder traits(Trait... those) {
    traits.addAll(List.of(those));
    return this;
  }

  KindBuilder rules(Rules those) {
    rules = those;
    return this;
  }

  KindBuilder storedAs(Kind stored, Conversion toStored, Conversion fromStored) {
    storedAs = new SharedStorage(stored, toStored, fromStored);
    return this;
  }

  Kind build() {
    return new Kind(
        group,
        version,
        kind,
        plural,
        singular,
        shortNames,
        categories,
        namespaced,
        verbs,
        List.copyOf(subresources),
        struct,
        columns,
        selectableFields,
        Set.copyOf(traits),
        rules == Rules.NONE ? RuleBook.of(group, kind) : rules,
        storedAs);
  }
}
