package garrison.apiserver.resource;

import garrison.apiserver.auth.User;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The objects that every cluster starts with (spec: api-server 10.5, 15.2); made where missing. */
final class Bootstrap {
  private static final List<String> NAMESPACES =
      List.of("default", "kube-system", "kube-public", "kube-node-lease");

  private Bootstrap() {}

  static void run(Resources resources) {
    for (String namespace : NAMESPACES) {
      create(resources, Kinds.NAMESPACE, object(Kinds.NAMESPACE, namespace));
    }
    create(
        resources,
        Kinds.RUNTIME_CLASS,
        object(Kinds.RUNTIME_CLASS, "process").put("handler", "process"));
    create(
        resources,
        Kinds.PRIORITY_CLASS,
        priorityClass(
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their current node."));
    create(
        resources,
        Kinds.PRIORITY_CLASS,
        priorityClass(
            "system-cluster-critical",
            2_000_000_000,
            "Used for system critical pods that must run in the cluster, but can be moved to"
                + " another node if necessary."));
  }

  private static ObjectNode priorityClass(String name, int value, String description) {
    return object(Kinds.PRIORITY_CLASS, name).put("value", value).put("description", description);
  }

  private static ObjectNode object(Kind kind, String name) {
    ObjectNode document = Json.object();
    document.put("kind", kind.kind());
    document.put("apiVersion", kind.apiVersion());
    document.putObject("metadata").put("name", name);
    return document;
  }

  private static void create(Resources resources, Kind kind, ObjectNode document) {
    if (resources.find(kind, "", Documents.name(document)) != null) {
      return;
    }
    try {
      resources.create(RequestContext.of(User.ADMIN), kind, "", Body.of(document));
    } catch (StatusException e) {
      if (e.reason() != StatusReason.ALREADY_EXISTS) {
        throw e;
      }
    }
  }
}
