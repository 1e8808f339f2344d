package garrison.control.disruption;

import garrison.client.Cluster;
import garrison.model.OwnerReference;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the kinds that Garrison serves say of their size. A ReplicationController says it in its
 * spec; no other kind has a scale: a DaemonSet's is its fleet.
 */
record ServedScales(Cluster cluster) implements Scales {
  @Override
  public Scale of(String namespace, OwnerReference owner) {
    Kind kind = Kinds.byKind(owner.apiVersion(), owner.kind());
    if (kind == null) {
      return new Unknown(
          "no matches for kind \"" + owner.kind() + "\" in version \"" + owner.apiVersion() + "\"");
    }
    if (!kind.equals(Kinds.REPLICATION_CONTROLLER)) {
      return new Unknown(kind.qualifiedPlural() + " does not implement the scale subresource");
    }
    ObjectNode found = cluster.find(kind, namespace, owner.name());
    return found != null && found.path("metadata").path("uid").asString("").equals(owner.uid())
        ? new Wanted(found.path("spec").path("replicas").asInt(1))
        : new Missing();
  }
}
