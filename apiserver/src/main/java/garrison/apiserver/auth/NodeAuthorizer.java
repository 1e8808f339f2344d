package garrison.apiserver.auth;

import garrison.apiserver.auth.Attributes.Resource;
import garrison.model.selector.FieldSelector;
import garrison.model.selector.SelectorException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the agent of a node may do: what its own work needs, and nothing of other nodes (spec:
 * api-server 16, 18). Changes that depend on the object's content are {@link NodeRestriction}'s.
 */
final class NodeAuthorizer {
  private static final Set<String> OWN_LEASE = Set.of("get", "create", "update", "patch", "delete");
  private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete");
  private static final String STRANGER = "no relationship found between node '%s' and this object";

  private final NodeGraph graph;

  NodeAuthorizer(NodeGraph graph) {
    this.graph = graph;
  }

  Decision decide(String node, Resource wanted) {
    return switch (wanted.group()) {
      case "" -> core(node, wanted);
      case "coordination.k8s.io" -> lease(node, wanted);
      case "storage.k8s.io" -> storage(node, wanted);
      case "events.k8s.io" -> event(wanted);
      case "node.k8s.io" -> readOnly(wanted, "runtimeclasses");
      case "authentication.k8s.io" -> createOnly(wanted, Set.of("tokenreviews"));
      case "authorization.k8s.io" ->
          createOnly(wanted, Set.of("subjectaccessreviews", "localsubjectaccessreviews"));
      case "policy" -> Decision.NO;
      case "fleet.garrison" -> createOnly(wanted, Set.of("nodecredentials"));
      default -> Decision.NO;
    };
  }

  private Decision core(String node, Resource wanted) {
    return switch (wanted.resource()) {
      case "nodes" -> node(node, wanted);
      case "pods" -> pod(node, wanted);
      case "events" -> event(wanted);
      case "services" -> readOnly(wanted, "services");
      case "secrets", "configmaps", "persistentvolumeclaims" -> used(node, wanted);
      case "serviceaccounts" -> token(node, wanted);
      default -> Decision.NO;
    };
  }

  private static Decision node(String node, Resource wanted) {
    if (!wanted.reads()) {
      boolean whole = wanted.subresource().isEmpty();
      boolean allowed =
          switch (wanted.verb()) {
            case "create" -> whole;
            case "update", "patch" -> whole || wanted.subresource().equals("status");
            default -> false;
          };
      return allowed ? Decision.yes("") : Decision.NO;
    }
    String name = wanted.name();
    if (name.isEmpty()) {
      return Decision.no(
          "node: node '" + node + "' cannot read all nodes, only its own Node object");
    }
    return name.equals(node)
        ? Decision.yes("")
        : Decision.no(
            "node: node '" + node + "' cannot read '" + name + "', only its own Node object");
  }

  private Decision pod(String node, Resource wanted) {
    return switch (wanted.subresource()) {
      case "" ->
          switch (wanted.verb()) {
            case "list", "watch" ->
                node.equals(selected(wanted.fieldSelector(), "spec.nodeName"))
                    ? Decision.yes("")
                    : Decision.no(
                        "node: can only list/watch pods with spec.nodeName field selector");
            case "get" ->
                graph.runs(node, wanted.namespace(), wanted.name())
                    ? Decision.yes("")
                    : Decision.no("node: " + STRANGER.formatted(node));
            case "create", "delete" -> Decision.yes("");
            default -> Decision.NO;
          };
      case "status" -> WRITES.contains(wanted.verb()) ? Decision.yes("") : Decision.NO;
      case "eviction" -> wanted.verb().equals("create") ? Decision.yes("") : Decision.NO;
      default -> Decision.NO;
    };
  }

  private Decision used(String node, Resource wanted) {
    if (!wanted.reads()) {
      return Decision.no("node: can only read resources of this type");
    }
    if (wanted.name().isEmpty()) {
      return Decision.no("node: No Object name found");
    }
    return graph.uses(node, wanted.resource(), wanted.namespace(), wanted.name())
        ? Decision.yes("")
        : Decision.no("node: " + STRANGER.formatted(node));
  }

  private Decision token(String node, Resource wanted) {
    if (!wanted.subresource().equals("token") || !wanted.verb().equals("create")) {
      return Decision.NO;
    }
    return graph.uses(node, "serviceaccounts", wanted.namespace(), wanted.name())
        ? Decision.yes("")
        : Decision.no("node: " + STRANGER.formatted(node));
  }

  private static Decision lease(String node, Resource wanted) {
    if (!wanted.resource().equals("leases")) {
      return Decision.NO;
    }
    if (!wanted.namespace().equals("kube-node-lease")) {
      return Decision.no(
          "node: can only access leases in the \"kube-node-lease\" system namespace");
    }
    if (!OWN_LEASE.contains(wanted.verb())) {
      return Decision.no("node: can only get, create, update, patch, or delete a node lease");
    }
    // At a create the name stands in the body only: NodeRestriction looks at it.
    return wanted.verb().equals("create") || wanted.name().equals(node)
        ? Decision.yes("")
        : Decision.no("node: can only access node lease with the same name as the requesting node");
  }

  private Decision storage(String node, Resource wanted) {
    return switch (wanted.resource()) {
      case "csidrivers", "storageclasses" -> readOnly(wanted, wanted.resource());
      case "volumeattachments" ->
          wanted.verb().equals("get")
              ? Decision.no("node: " + STRANGER.formatted(node))
              : Decision.NO;
      case "csinodes" -> {
        if (!OWN_LEASE.contains(wanted.verb())) {
          yield Decision.no("node: can only get, create, update, patch, or delete a CSINode");
        }
        yield wanted.verb().equals("create") || wanted.name().equals(node)
            ? Decision.yes("")
            : Decision.no(
                "node: can only access CSINode with the same name as the requesting node");
      }
      default -> Decision.NO;
    };
  }

  private static Decision event(Resource wanted) {
    return wanted.resource().equals("events")
            && Set.of("create", "update", "patch").contains(wanted.verb())
        ? Decision.yes("")
        : Decision.NO;
  }

  private static Decision readOnly(Resource wanted, String resource) {
    return wanted.reads() && wanted.resource().equals(resource) && wanted.subresource().isEmpty()
        ? Decision.yes("")
        : Decision.NO;
  }

  private static Decision createOnly(Resource wanted, Set<String> resources) {
    return wanted.verb().equals("create") && resources.contains(wanted.resource())
        ? Decision.yes("")
        : Decision.NO;
  }

  private static @Nullable String selected(String fieldSelector, String path) {
    try {
      return FieldSelector.parse(fieldSelector).exact(path);
    } catch (SelectorException e) {
      return null; // Refused as bad syntax by whoever reads it next, were it allowed.
    }
  }
}
