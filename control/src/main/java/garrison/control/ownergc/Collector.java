package garrison.control.ownergc;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import garrison.model.Meta;
import garrison.model.OwnerReference;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the garbage collector does about one object. The graph only says where to look: before
 * anything is deleted, the object and its owners are read from the server, and the deletion holds
 * only for what was read. Thread-safe.
 */
final class Collector {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);

  private final Cluster cluster;
  private final OwnerGraph graph;
  private final EventRecorder events;
  private final Consumer<String> lookAt;

  Collector(Cluster cluster, OwnerGraph graph, EventRecorder events, Consumer<String> lookAt) {
    this.cluster = cluster;
    this.graph = graph;
    this.events = events;
    this.lookAt = lookAt;
  }

  /** Deletes an object whose owners are gone; finishes one that waits for its dependents. */
  void collect(String uid) {
    Item known = graph.get(uid);
    Item item = known == null ? null : live(known);
    if (item == null) {
      return;
    }
    if (item.awaitsDependents()) {
      finish(item);
    } else if (!item.meta().deleting() && !item.meta().ownerReferences().isEmpty()) {
      judge(item);
    }
  }

  /** Lets go of an object's dependents, then of the object. */
  void orphanDependents(String uid) {
    Item known = graph.get(uid);
    Item owner = known == null ? null : live(known);
    if (owner == null || !owner.orphansDependents()) {
      return;
    }
    for (Item dependent : graph.dependents(uid)) {
      Item now = live(dependent);
      if (now != null) {
        dropReferences(now, reference -> reference.uid().equals(uid));
      }
    }
    dropFinalizer(owner, Item.ORPHAN);
    log.info("{} was deleted and its dependents were kept", owner);
  }

  private void judge(Item item) {
    Claims claims = Claims.of(item.meta().ownerReferences(), owner -> standing(item, owner));
    if (!claims.solid().isEmpty()) {
      dropReferences(
          item, owner -> claims.gone().contains(owner) || claims.waiting().contains(owner));
      return;
    }
    boolean inForeground = !claims.waiting().isEmpty() && !graph.dependents(item.uid()).isEmpty();
    String policy = inForeground ? "Foreground" : item.propagationPolicy();
    try {
      cluster.delete(
          item.kind(),
          item.meta().namespace(),
          item.meta().name(),
          new DeleteOptions(
              DeleteOptions.DEFAULT_GRACE, policy, item.uid(), item.meta().resourceVersion()));
      log.info("deleted {}: no owner is left", item);
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
  }

  private void finish(Item item) {
    boolean blocked = false;
    for (Item dependent : graph.dependents(item.uid())) {
      for (OwnerReference owner : dependent.meta().ownerReferences()) {
        blocked |= owner.uid().equals(item.uid()) && owner.blockOwnerDeletion();
      }
      if (!dependent.meta().deleting()) {
        lookAt.accept(dependent.uid());
      }
    }
    if (!blocked) {
      dropFinalizer(item, Item.FOREGROUND);
    }
  }

  private Claims.Standing standing(Item item, OwnerReference reference) {
    Kind kind = Kinds.byKind(reference.apiVersion(), reference.kind());
    if (kind == null || (kind.namespaced() && item.meta().namespace().isEmpty())) {
      // A kind that is not served here, or an owner that cannot be named: nobody can say it is
      // gone.
      return Claims.Standing.SOLID;
    }
    String namespace = kind.namespaced() ? item.meta().namespace() : "";
    Item elsewhere = graph.get(reference.uid());
    if (elsewhere != null && !elsewhere.meta().namespace().equals(namespace)) {
      warnOfNamespace(item, reference, namespace);
    }
    try {
      Item owner = new Item(kind, Meta.of(cluster.get(kind, namespace, reference.name())));
      if (!owner.uid().equals(reference.uid())) {
        return Claims.Standing.GONE;
      }
      return owner.awaitsDependents() ? Claims.Standing.WAITING : Claims.Standing.SOLID;
    } catch (StatusException e) {
      if (e.code() == 404) {
        return Claims.Standing.GONE;
      }
      throw e;
    }
  }

  private void warnOfNamespace(Item item, OwnerReference owner, String namespace) {
    ObjectReference about =
        new ObjectReference(
            item.kind().apiVersion(),
            item.kind().kind(),
            item.meta().namespace(),
            item.meta().name(),
            item.uid(),
            "",
            "");
    events.warning(
        about,
        "OwnerRefInvalidNamespace",
        String.format(
            "ownerRef [%s/%s, namespace: %s, name: %s, uid: %s] does not exist in namespace \"%s\"",
            owner.apiVersion(), owner.kind(), namespace, owner.name(), owner.uid(), namespace));
  }

  /** The object as it is now; null where it is gone, or another one has its name. */
  private @Nullable Item live(Item item) {
    try {
      ObjectNode document = cluster.get(item.kind(), item.meta().namespace(), item.meta().name());
      Item now = new Item(item.kind(), Meta.of(document));
      return now.uid().equals(item.uid()) ? now : null;
    } catch (StatusException e) {
      if (e.code() == 404) {
        return null;
      }
      throw e;
    }
  }

  private void dropReferences(Item item, Predicate<OwnerReference> drop) {
    List<OwnerReference> keep =
        item.meta().ownerReferences().stream().filter(drop.negate()).toList();
    if (keep.size() == item.meta().ownerReferences().size()) {
      return;
    }
    ObjectNode metadata = Json.object();
    ArrayNode references = Json.mapper().createArrayNode();
    keep.forEach(owner -> references.add(owner.toDocument()));
    setList(metadata, "ownerReferences", references);
    patch(item, metadata);
  }

  private void dropFinalizer(Item item, String finalizer) {
    ArrayNode keep = Json.mapper().createArrayNode();
    item.meta().finalizers().stream().filter(f -> !f.equals(finalizer)).forEach(keep::add);
    ObjectNode metadata = Json.object();
    setList(metadata, "finalizers", keep);
    patch(item, metadata);
  }

  private static void setList(ObjectNode metadata, String field, ArrayNode list) {
    if (list.isEmpty()) {
      metadata.putNull(field);
    } else {
      metadata.set(field, list);
    }
  }

  /** A list is replaced whole, so the patch must hold only for the version it was made from. */
  private void patch(Item item, ObjectNode metadata) {
    metadata.put("uid", item.uid());
    metadata.put("resourceVersion", item.meta().resourceVersion());
    ObjectNode patch = Json.object();
    patch.set("metadata", metadata);
    try {
      cluster.patch(
          item.kind(), item.meta().namespace(), item.meta().name(), PatchType.MERGE, patch, "");
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
  }
}
