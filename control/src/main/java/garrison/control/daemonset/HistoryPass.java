package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.Revision;
import garrison.daemonset.RevisionHistory;
import garrison.model.DaemonSet;
import garrison.model.OwnerReference;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the ControllerRevisions of a DaemonSet fit its template (spec: daemonset 5.3, 5.4).
 * Blocking; any failure ends it, and the next pass finds what was done.
 */
final class HistoryPass {
  private final Cluster cluster;
  private final DaemonSet daemonSet;
  private final Adoption adoption;
  private long newestWrite;

  HistoryPass(Cluster cluster, DaemonSet daemonSet) {
    this.cluster = cluster;
    this.daemonSet = daemonSet;
    this.adoption = new Adoption(cluster, daemonSet);
  }

  /**
   * How it ended.
   *
   * @param hash of the present revision
   * @param history with the present revision in it
   * @param newestWrite the highest version that was written, 0 for none
   */
  record Result(String hash, RevisionHistory history, long newestWrite) {}

  /**
   * Runs it.
   *
   * @param observed all revisions of the namespace
   * @param pods all claimed pods
   */
  Result run(Collection<Revision> observed, Collection<DaemonPod> pods) {
    List<Revision> claimed = new ArrayList<>();
    for (Revision revision : claim(observed)) {
      claimed.add(revision.hash().isEmpty() ? label(revision) : revision);
    }
    RevisionHistory history = RevisionHistory.of(daemonSet, claimed);
    Revision kept = history.kept();
    if (kept == null) {
      kept = create(history);
    } else {
      mergeDuplicates(history, kept, pods);
      if (kept.number() < history.nextNumber()) {
        kept = renumber(kept, history.nextNumber());
      }
    }
    List<Revision> all = new ArrayList<>(history.old());
    all.add(kept);
    return new Result(kept.hash(), RevisionHistory.of(daemonSet, all), newestWrite);
  }

  private List<Revision> claim(Collection<Revision> observed) {
    List<Revision> claimed = new ArrayList<>();
    for (Revision revision : observed) {
      OwnerReference controller = revision.meta().controller();
      boolean matches = daemonSet.selector().matches(revision.meta().labels());
      if (controller == null) {
        if (matches && !revision.meta().deleting()) {
          ObjectNode adopted = adoption.adopt(Kinds.CONTROLLER_REVISION, revision.meta());
          if (adopted != null) {
            claimed.add(written(adopted));
          }
        }
      } else if (controller.uid().equals(daemonSet.meta().uid())) {
        if (matches) {
          claimed.add(revision);
        } else {
          adoption.release(Kinds.CONTROLLER_REVISION, revision.meta());
        }
      }
    }
    return claimed;
  }

  private Revision label(Revision revision) {
    ObjectNode document = revision.record().document().deepCopy();
    ObjectNode metadata = (ObjectNode) document.get("metadata");
    ObjectNode labels =
        metadata.get("labels") instanceof ObjectNode present
            ? present
            : metadata.putObject("labels");
    labels.put(Pod.HASH_LABEL, revision.name());
    return written(cluster.update(Kinds.CONTROLLER_REVISION, document));
  }

  private Revision renumber(Revision revision, long number) {
    ObjectNode document = revision.record().document().deepCopy();
    document.put("revision", number);
    return written(cluster.update(Kinds.CONTROLLER_REVISION, document));
  }

  private Revision create(RevisionHistory history) {
    ObjectNode made = history.newRevision(daemonSet, daemonSet.collisionCount());
    try {
      return written(cluster.create(Kinds.CONTROLLER_REVISION, daemonSet.namespace(), made));
    } catch (StatusException e) {
      if (e.reason() != StatusReason.ALREADY_EXISTS) {
        throw e;
      }
      String name = made.path("metadata").path("name").asString("");
      Revision taken =
          Revision.of(cluster.get(Kinds.CONTROLLER_REVISION, daemonSet.namespace(), name));
      if (taken.data().equals(RevisionHistory.data(daemonSet))) {
        return taken;
      }
      countCollision();
      throw e;
    }
  }

  /** The name is another template's: the next try is to use another one. */
  private void countCollision() {
    DaemonSet live =
        DaemonSet.of(cluster.get(Kinds.DAEMON_SET, daemonSet.namespace(), daemonSet.name()));
    Long used = daemonSet.collisionCount();
    Long now = live.collisionCount();
    if (!java.util.Objects.equals(used, now)) {
      throw new IllegalStateException(
          "found a stale collision count ("
              + (used == null ? "none" : used)
              + ", expected "
              + (now == null ? "none" : now)
              + ") of DaemonSet \""
              + daemonSet.name()
              + "\" while processing; will retry until it is updated");
    }
    ObjectNode document = live.document().deepCopy();
    ObjectNode status =
        document.get("status") instanceof ObjectNode present
            ? present
            : document.putObject("status");
    status.put("collisionCount", now == null ? 1 : now + 1);
    cluster.update(Kinds.DAEMON_SET, document, "status");
  }

  private void mergeDuplicates(RevisionHistory history, Revision kept, Collection<DaemonPod> pods) {
    if (history.duplicates().isEmpty()) {
      return;
    }
    ObjectNode patch = Json.object();
    patch.putObject("metadata").putObject("labels").put(Pod.HASH_LABEL, kept.hash());
    for (DaemonPod pod : pods) {
      if (!pod.hash().equals(kept.hash())) {
        cluster.patch(Kinds.POD, daemonSet.namespace(), pod.name(), PatchType.MERGE, patch, "");
      }
    }
    for (Revision duplicate : history.duplicates()) {
      delete(cluster, duplicate);
    }
  }

  /** Deletes a revision; one that is gone is deleted already. */
  static void delete(Cluster cluster, Revision revision) {
    try {
      cluster.delete(
          Kinds.CONTROLLER_REVISION,
          revision.meta().namespace(),
          revision.name(),
          new DeleteOptions(DeleteOptions.DEFAULT_GRACE, "", revision.meta().uid(), ""));
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND) {
        throw e;
      }
    }
  }

  private Revision written(ObjectNode document) {
    Revision revision = Revision.of(document);
    newestWrite = Math.max(newestWrite, revision.meta().version());
    return revision;
  }
}
