package garrison.apiserver.auth;

import garrison.apiserver.admission.AdmissionPlugin;
import garrison.apiserver.admission.AdmissionRequest;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.util.Objects;
import java.util.SequencedCollection;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps a node's agent to its own objects, by their content (spec: api-server 18, "node
 * admission"). Does nothing to anybody who is no node. Stateless.
 */
public final class NodeRestriction implements AdmissionPlugin {
  private static final String MIRROR = "kubernetes.io/config.mirror";

  /** In the first pass: a defaulted service account must not hide what the node sent. */
  @Override
  public void mutate(AdmissionRequest request) {
    check(request);
  }

  /** Deletions and evictions change no document, so they come here only. */
  @Override
  public void validate(AdmissionRequest request) {
    if (request.operation() == Verb.DELETE || request.subresource().equals("eviction")) {
      check(request);
    }
  }

  private static void check(AdmissionRequest request) {
    String node = request.user().nodeName();
    if (node == null) {
      return;
    }
    Kind kind = request.kind();
    if (kind.equals(Kinds.NODE)) {
      node(node, request);
    } else if (kind.equals(Kinds.POD)) {
      pod(node, request);
    } else if (kind.equals(Kinds.LEASE)) {
      named(node, request, "can only access node lease with the same name as the requesting node");
    } else if (kind.equals(Kinds.CSI_NODE)) {
      named(node, request, "can only access CSINode with the same name as the requesting node");
    }
  }

  private static void node(String node, AdmissionRequest request) {
    if (!request.name().equals(node)) {
      throw refuse(
          request,
          "node \"" + node + "\" is not allowed to modify node \"" + request.name() + "\"");
    }
    ObjectNode document = request.document();
    if (document == null) {
      return;
    }
    ObjectNode old = request.old();
    if (request.operation() == Verb.CREATE || old == null) {
      SequencedCollection<String> refused = changedLabels(document, null);
      if (!refused.isEmpty()) {
        throw refuse(
            request,
            "node \""
                + node
                + "\" is not allowed to set the following labels: "
                + String.join(", ", refused));
      }
      return;
    }
    SequencedCollection<String> refused = changedLabels(document, old);
    if (!refused.isEmpty()) {
      throw refuse(request, "is not allowed to modify labels: " + String.join(", ", refused));
    }
    if (!same(document.path("spec").path("taints"), old.path("spec").path("taints"))) {
      throw refuse(request, "node \"" + node + "\" is not allowed to modify taints");
    }
    if (!same(
        document.path("metadata").path("ownerReferences"),
        old.path("metadata").path("ownerReferences"))) {
      throw refuse(request, "node \"" + node + "\" is not allowed to modify ownerReferences");
    }
  }

  private static SequencedCollection<String> changedLabels(
      ObjectNode document, @Nullable ObjectNode old) {
    JsonNode now = document.path("metadata").path("labels");
    JsonNode before = old == null ? now.path("none") : old.path("metadata").path("labels");
    TreeSet<String> keys = new TreeSet<>(now.propertyNames());
    keys.addAll(before.propertyNames());
    keys.removeIf(key -> NodeLabels.allowed(key) || Objects.equals(now.get(key), before.get(key)));
    return keys;
  }

  private static void pod(String node, AdmissionRequest request) {
    ObjectNode document = request.document();
    ObjectNode old = request.old();
    switch (request.operation()) {
      case CREATE -> {
        if (request.subresource().isEmpty() && document != null) {
          mirrorPod(node, request, document);
        } else if (request.subresource().equals("eviction") && old != null) {
          own(node, request, old, "can only evict pods with spec.nodeName set to itself");
        }
      }
      case DELETE -> {
        if (old != null) {
          own(node, request, old, "can only delete pods with spec.nodeName set to itself");
        }
      }
      default -> {
        if (old != null && document != null) {
          own(
              node,
              request,
              old,
              "can only update pod status for pods with spec.nodeName set to itself");
          if (!same(
              document.path("metadata").path("labels"), old.path("metadata").path("labels"))) {
            throw refuse(request, "node \"" + node + "\" cannot update labels through pod status");
          }
        }
      }
    }
  }

  private static void own(String node, AdmissionRequest request, ObjectNode pod, String rule) {
    if (!pod.path("spec").path("nodeName").asString("").equals(node)) {
      throw refuse(request, "node \"" + node + "\" " + rule);
    }
  }

  /** A mirror pod only shows what the node runs by itself, so it must not reach anything else. */
  private static void mirrorPod(String node, AdmissionRequest request, ObjectNode pod) {
    JsonNode metadata = pod.path("metadata");
    if (!metadata.path("annotations").has(MIRROR)) {
      throw refuse(
          request,
          "pod does not have \""
              + MIRROR
              + "\" annotation, node \""
              + node
              + "\" can only create mirror pods");
    }
    own(node, request, pod, "can only create pods with spec.nodeName set to itself");
    JsonNode owners = metadata.path("ownerReferences");
    JsonNode owner = owners.path(0);
    if (owners.size() != 1
        || !owner.path("apiVersion").asString("").equals("v1")
        || !owner.path("kind").asString("").equals("Node")
        || !owner.path("name").asString("").equals(node)) {
      throw refuse(
          request,
          "node \"" + node + "\" can only create pods with an owner reference set to itself");
    }
    if (!owner.path("controller").asBoolean(false)) {
      throw refuse(
          request,
          "node \""
              + node
              + "\" can only create pods with a controller owner reference set to itself");
    }
    if (owner.path("blockOwnerDeletion").asBoolean(false)) {
      throw refuse(
          request, "node \"" + node + "\" must not set blockOwnerDeletion on an owner reference");
    }
    if (!pod.path("spec").path("serviceAccountName").asString("").isEmpty()) {
      throw refuse(request, "a mirror pod may not reference service accounts");
    }
    PodReferences.of(pod)
        .forEach(
            reference -> {
              throw refuse(request, "a mirror pod may not reference " + reference.resource());
            });
  }

  private static void named(String node, AdmissionRequest request, String rule) {
    if (request.operation() == Verb.CREATE && !request.name().equals(node)) {
      throw refuse(request, rule);
    }
  }

  /** A missing member is the same as an empty one. */
  private static boolean same(JsonNode a, JsonNode b) {
    return a.equals(b) || (a.isEmpty() && b.isEmpty());
  }

  private static StatusException refuse(AdmissionRequest request, String why) {
    return StatusException.forbidden(request.kind(), request.name(), why);
  }
}
