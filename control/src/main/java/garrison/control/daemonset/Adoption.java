package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.daemonset.PodTemplate;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Takes dependents on and lets them go (spec: daemonset 4.6). Blocking. */
final class Adoption {
  private final Cluster cluster;
  private final DaemonSet daemonSet;
  private boolean checked;

  /** For one pass: the DaemonSet is asked once whether it still lives. */
  Adoption(Cluster cluster, DaemonSet daemonSet) {
    this.cluster = cluster;
    this.daemonSet = daemonSet;
  }

  /**
   * Makes the DaemonSet the controller of an object.
   *
   * @return the object as stored; null where it is gone
   * @throws IllegalStateException where the DaemonSet must not adopt any more
   */
  @Nullable ObjectNode adopt(Kind kind, Meta orphan) {
    if (!checked) {
      recheck(kind, orphan);
      checked = true;
    }
    ObjectNode patch = Json.object();
    ObjectNode metadata = patch.putObject("metadata");
    metadata.putArray("ownerReferences").add(PodTemplate.owner(daemonSet).toDocument());
    metadata.put("uid", orphan.uid());
    try {
      return cluster.patch(kind, orphan.namespace(), orphan.name(), PatchType.STRATEGIC, patch, "");
    } catch (StatusException e) {
      if (e.reason() == StatusReason.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  /** Lets an object go whose labels match no more; one that is gone is let go already. */
  void release(Kind kind, Meta owned) {
    ObjectNode patch = Json.object();
    ObjectNode metadata = patch.putObject("metadata");
    ObjectNode reference = metadata.putArray("ownerReferences").addObject();
    reference.put("$patch", "delete");
    reference.put("uid", daemonSet.meta().uid());
    metadata.put("uid", owned.uid());
    try {
      cluster.patch(kind, owned.namespace(), owned.name(), PatchType.STRATEGIC, patch, "");
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND && e.reason() != StatusReason.INVALID) {
        throw e;
      }
    }
  }

  private void recheck(Kind kind, Meta orphan) {
    String what =
        "can't adopt "
            + kind.kind()
            + " "
            + orphan.namespace()
            + "/"
            + orphan.name()
            + " ("
            + orphan.uid()
            + "): ";
    String name = daemonSet.namespace() + "/" + daemonSet.name();
    DaemonSet live;
    try {
      live = DaemonSet.of(cluster.get(Kinds.DAEMON_SET, daemonSet.namespace(), daemonSet.name()));
    } catch (StatusException e) {
      throw new IllegalStateException(what + "can't recheck DeletionTimestamp: " + e.message(), e);
    }
    if (!live.meta().uid().equals(daemonSet.meta().uid())) {
      throw new IllegalStateException(
          what
              + "can't recheck DeletionTimestamp: original DaemonSet "
              + name
              + " is gone: got uid "
              + live.meta().uid()
              + ", wanted "
              + daemonSet.meta().uid());
    }
    Instant deleted = live.meta().deletionTimestamp();
    if (deleted != null) {
      throw new IllegalStateException(
          what + name + " has just been deleted at " + Timestamps.seconds(deleted));
    }
  }
}
