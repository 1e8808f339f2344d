package garrison.apiserver.admission;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Nothing is created in a namespace that is missing or ends (spec: api-server 10.5). */
public final class NamespaceLifecycle implements AdmissionPlugin {
  private static final Set<String> PROTECTED = Set.of("default", "kube-system", "kube-public");

  private final Lookup lookup;

  /** Over the present state. */
  public NamespaceLifecycle(Lookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (request.operation() != Verb.CREATE || !request.kind().namespaced()) {
      return;
    }
    ObjectNode namespace = lookup.get(Kinds.NAMESPACE, "", request.namespace());
    if (namespace == null) {
      throw StatusException.notFound(Kinds.NAMESPACE, request.namespace());
    }
    if (namespace.path("metadata").has("deletionTimestamp")) {
      throw terminating(request);
    }
  }

  private static StatusException terminating(AdmissionRequest request) {
    StatusException plain =
        StatusException.forbidden(
            request.kind(),
            request.name(),
            "unable to create new content in namespace "
                + request.namespace()
                + " because it is being terminated");
    ObjectNode status = plain.status().deepCopy();
    status
        .withObject("details")
        .putArray("causes")
        .add(
            Json.object()
                .put("reason", "NamespaceTerminating")
                .put("message", "namespace " + request.namespace() + " is being terminated")
                .put("field", "metadata.namespace"));
    return new StatusException(status);
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() == Verb.DELETE
        && request.kind().equals(Kinds.NAMESPACE)
        && PROTECTED.contains(request.name())) {
      throw StatusException.of(
          StatusReason.FORBIDDEN,
          "namespaces \"" + request.name() + "\" is forbidden: this namespace may not be deleted",
          Json.object().put("name", request.name()).put("kind", "namespaces"));
    }
  }
}
