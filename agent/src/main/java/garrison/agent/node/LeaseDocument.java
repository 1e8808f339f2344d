package garrison.agent.node;

import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** The lease of a node (spec: node-agent 2). Pure. */
public final class LeaseDocument {
  /** Where leases of nodes are. */
  public static final String NAMESPACE = "kube-node-lease";

  private static final int SECONDS = 40;

  private LeaseDocument() {}

  /** A new one, owned by the node, so that it goes with it. */
  public static ObjectNode create(String node, String nodeUid, Instant now) {
    ObjectNode lease =
        Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
    ObjectNode metadata = lease.putObject("metadata");
    metadata.put("name", node).put("namespace", NAMESPACE);
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", "v1")
        .put("kind", "Node")
        .put("name", node)
        .put("uid", nodeUid);
    lease.set("spec", spec(node, now));
    return lease;
  }

  /** The lease that stands, renewed. */
  public static ObjectNode renew(ObjectNode lease, String node, Instant now) {
    ObjectNode renewed = lease.deepCopy();
    renewed.set("spec", spec(node, now));
    return renewed;
  }

  private static ObjectNode spec(String node, Instant now) {
    return Json.object()
        .put("holderIdentity", node)
        .put("leaseDurationSeconds", SECONDS)
        .put("renewTime", Timestamps.micros(now));
  }
}
