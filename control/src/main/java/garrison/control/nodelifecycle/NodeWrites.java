package garrison.control.nodelifecycle;

import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import garrison.control.Patches;
import garrison.model.Condition;
import garrison.model.Lease;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.Taint;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the node lifecycle writes. Stateless over its cluster; thread-safe. */
class NodeWrites {
  static final String LEASES = "kube-node-lease";

  private final Cluster cluster;
  private final EventRecorder events;

  NodeWrites(Cluster cluster, EventRecorder events) {
    this.cluster = cluster;
    this.events = events;
  }

  /**
   * The version of the node's lease on the server where it is not the one we judge by: where our
   * watch lags, silence means nothing. Null where it is, or where neither has one.
   */
  @Nullable Long newerLease(String node, @Nullable Lease cached) {
    ObjectNode present = cluster.find(Kinds.LEASE, LEASES, node);
    if (present == null) {
      return null;
    }
    Meta meta = Meta.of(present);
    boolean same = cached != null && cached.meta().resourceVersion().equals(meta.resourceVersion());
    return same ? null : meta.version();
  }

  /** Makes a silent node's conditions Unknown, and answers the node as it is now. */
  Node unknown(Node node, Instant now) {
    ObjectNode patch = NodeConditions.unknown(node, now);
    if (patch == null) {
      return node;
    }
    Patches.onlyFor(node.meta().uid(), patch);
    return Node.of(
        cluster.patch(Kinds.NODE, "", node.name(), PatchType.STRATEGIC, patch, "status"));
  }

  /** Replaces the taints, unless the node has changed since it was read (409). */
  void taints(Node node, List<Taint> taints) {
    ObjectNode patch = Json.object();
    ObjectNode metadata = patch.putObject("metadata");
    metadata.put("uid", node.meta().uid());
    metadata.put("resourceVersion", node.meta().resourceVersion());
    ObjectNode spec = patch.putObject("spec");
    if (taints.isEmpty()) {
      spec.putNull("taints");
    } else {
      ArrayNode list = spec.putArray("taints");
      taints.forEach(taint -> list.add(taint.toDocument()));
    }
    try {
      cluster.patch(Kinds.NODE, "", node.name(), PatchType.MERGE, patch, "");
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
  }

  /** Sets a pod's Ready to False where it has that condition and it is not so already. */
  void notReady(Pod pod, Instant now) {
    Condition ready = Condition.find(pod.conditions(), "Ready");
    if (ready == null || ready.status().equals("False")) {
      return;
    }
    ObjectNode patch = Json.object();
    ObjectNode condition = patch.putObject("status").putArray("conditions").addObject();
    condition.put("type", "Ready");
    condition.put("status", "False");
    condition.put("lastTransitionTime", Timestamps.seconds(now));
    try {
      Patches.podStatus(cluster, pod, patch);
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
      return;
    }
    events.warning(ObjectReference.of(pod.document()), "NodeNotReady", "Node is not ready");
  }

  /** A Normal event about a node. */
  void tell(String node, String uid, String reason, String message) {
    events.normal(ObjectReference.node(node, uid), reason, message);
  }
}
