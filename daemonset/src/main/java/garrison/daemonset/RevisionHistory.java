package garrison.daemonset;

import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The revisions of one DaemonSet, sorted into those of its present template and the older ones, and
 * what is to be done with them (spec: daemonset 5). Immutable.
 */
public final class RevisionHistory {
  private static final Comparator<Revision> BY_NUMBER =
      Comparator.comparingLong(Revision::number).thenComparing(Revision::name);

  private final List<Revision> current;
  private final List<Revision> old;

  private RevisionHistory(List<Revision> current, List<Revision> old) {
    this.current = current;
    this.old = old;
  }

  /** Sorts the revisions that the DaemonSet has claimed. */
  public static RevisionHistory of(DaemonSet daemonSet, Collection<Revision> claimed) {
    String data = data(daemonSet);
    List<Revision> current = new ArrayList<>();
    List<Revision> old = new ArrayList<>();
    claimed.stream()
        .sorted(BY_NUMBER)
        .forEach(revision -> (revision.data().equals(data) ? current : old).add(revision));
    return new RevisionHistory(List.copyOf(current), List.copyOf(old));
  }

  /** What a revision of the present template holds, in canonical form (spec: daemonset 5.1). */
  public static String data(DaemonSet daemonSet) {
    return Canonical.text(patch(daemonSet));
  }

  /** The hash of the present template (spec: daemonset 5.3). */
  public static String hash(DaemonSet daemonSet, @Nullable Long collisionCount) {
    return TemplateHash.of(Canonical.text(daemonSet.template()), collisionCount);
  }

  /** The revision of the present template that is to be used; null where one must be created. */
  public @Nullable Revision kept() {
    return current.isEmpty() ? null : current.getLast();
  }

  /** The hash by which pods of the present template are known, or will be. */
  public String currentHash(DaemonSet daemonSet) {
    Revision kept = kept();
    return kept == null || kept.hash().isEmpty()
        ? hash(daemonSet, daemonSet.collisionCount())
        : kept.hash();
  }

  /** Other revisions of the present template, to be deleted (spec: daemonset 5.4). */
  public List<Revision> duplicates() {
    return current.isEmpty() ? List.of() : current.subList(0, current.size() - 1);
  }

  /** The older ones, by ascending number. */
  public List<Revision> old() {
    return old;
  }

  /** The number that the present template is to have at least: one above all older ones. */
  public long nextNumber() {
    return old.isEmpty() ? 1 : Math.max(old.getLast().number(), 0) + 1;
  }

  /** A new revision of the present template, to be POSTed. */
  public ObjectNode newRevision(DaemonSet daemonSet, @Nullable Long collisionCount) {
    String hash = hash(daemonSet, collisionCount);
    ObjectNode revision = Json.object();
    revision.put("apiVersion", "apps/v1");
    revision.put("kind", "ControllerRevision");
    ObjectNode metadata = revision.putObject("metadata");
    metadata.put("name", daemonSet.name() + "-" + hash);
    metadata.put("namespace", daemonSet.namespace());
    JsonNode own = daemonSet.template().path("metadata").path("labels");
    ObjectNode labels = own instanceof ObjectNode some ? some.deepCopy() : Json.object();
    labels.put(Pod.HASH_LABEL, hash);
    metadata.set("labels", labels);
    if (!daemonSet.meta().annotations().isEmpty()) {
      ObjectNode annotations = metadata.putObject("annotations");
      daemonSet.meta().annotations().forEach(annotations::put);
    }
    metadata.putArray("ownerReferences").add(PodTemplate.owner(daemonSet).toDocument());
    // In the order of the text: Kubernetes compares the very bytes that are stored.
    revision.set("data", Json.parse(data(daemonSet)));
    revision.put("revision", nextNumber());
    return revision;
  }

  /** The same without those that are deleted already, by uid: they count towards no limit. */
  public RevisionHistory without(Set<String> deleted) {
    return new RevisionHistory(
        current,
        old.stream().filter(revision -> !deleted.contains(revision.meta().uid())).toList());
  }

  /**
   * The old revisions beyond the limit that no pod is of, to be deleted in this order (spec:
   * daemonset 5.5).
   */
  public List<Revision> surplus(int limit, Set<String> liveHashes) {
    List<Revision> surplus = new ArrayList<>();
    int tooMany = old.size() - limit;
    for (Revision revision : old) {
      if (surplus.size() >= tooMany) {
        break;
      }
      if (!liveHashes.contains(revision.hash())) {
        surplus.add(revision);
      }
    }
    return surplus;
  }

  private static ObjectNode patch(DaemonSet daemonSet) {
    ObjectNode template = Json.object();
    template.put("$patch", "replace");
    if (daemonSet.template() instanceof ObjectNode source) {
      template.setAll(source.deepCopy());
    }
    ObjectNode data = Json.object();
    data.putObject("spec").set("template", template);
    return data;
  }
}
