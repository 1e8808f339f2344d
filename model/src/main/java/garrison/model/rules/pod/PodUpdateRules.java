package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import garrison.model.rules.check.Members;
import garrison.model.rules.check.Semantic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The little that may change in a pod (spec: api-server 10.4, "Update validation"). Pure. */
final class PodUpdateRules {
  private static final String MAY_CHANGE =
      "pod updates may not change fields other than `spec.containers[*].image`,"
          + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only"
          + " additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to"
          + " be set to 1 if it was previously negative)";

  private PodUpdateRules() {}

  static void validate(At spec, At old, Errors errors) {
    if (!containers(spec.child("containers"), old.child("containers"), errors)
        || !containers(spec.child("initContainers"), old.child("initContainers"), errors)
        || !deadline(spec.child("activeDeadlineSeconds"), old, errors)) {
      return;
    }
    tolerations(spec.child("tolerations"), old.child("tolerations"), errors);
    gates(spec.child("schedulingGates"), old.child("schedulingGates"), errors);
    if (Semantic.equal(spec.node(), old.node())) {
      return;
    }
    ObjectNode rest = withoutChangeable(spec, old, errors);
    if (!Semantic.equal(rest, old.node())) {
      errors.forbidden(spec, MAY_CHANGE);
    }
  }

  private static boolean containers(At containers, At old, Errors errors) {
    if (containers.node().size() != old.node().size()) {
      errors.forbidden(containers, "pod updates may not add or remove containers");
      return false;
    }
    for (At container : containers.items()) {
      if (container.text("image").isEmpty()) {
        errors.required(container.child("image"));
      }
    }
    ContainerRules.trimmedImages(containers, errors);
    return true;
  }

  private static boolean deadline(At deadline, At oldSpec, Errors errors) {
    At old = oldSpec.child("activeDeadlineSeconds");
    if (!deadline.present()) {
      if (old.present()) {
        errors.invalid(deadline, "must not update from a positive integer to nil value");
      }
      return true;
    }
    List<String> range = Formats.inRange(deadline.number(), 0, Integer.MAX_VALUE);
    errors.invalid(deadline, deadline.number(), range);
    if (range.isEmpty() && old.present() && old.number() < deadline.number()) {
      errors.invalid(deadline, "must be less than or equal to previous value");
      return false;
    }
    return range.isEmpty();
  }

  private static void tolerations(At tolerations, At old, Errors errors) {
    for (At kept : old.items()) {
      boolean found =
          tolerations.items().stream().anyMatch(toleration -> sameButSeconds(toleration, kept));
      if (!found) {
        errors.forbidden(
            tolerations, "existing toleration can not be modified except its tolerationSeconds");
        return;
      }
    }
    TolerationRules.tolerations(tolerations, errors);
  }

  private static boolean sameButSeconds(At a, At b) {
    return List.of("key", "operator", "value", "effect").stream()
        .allMatch(member -> a.text(member).equals(b.text(member)));
  }

  private static void gates(At gates, At old, Errors errors) {
    Map<String, At> added = new LinkedHashMap<>();
    gates.items().forEach(gate -> added.put(gate.text("name"), gate));
    old.items().forEach(gate -> added.remove(gate.text("name")));
    added.forEach(
        (name, gate) ->
            errors.forbidden(
                gate.child("name"),
                "only deletion is allowed, but found new scheduling gate '" + name + "'"));
  }

  /** The new spec, with all that may change as it was. */
  private static ObjectNode withoutChangeable(At spec, At old, Errors errors) {
    ObjectNode rest = (ObjectNode) spec.node().deepCopy();
    for (String list : List.of("containers", "initContainers")) {
      List<ObjectNode> containers = Members.objects(rest, list);
      for (int i = 0; i < containers.size(); i++) {
        Members.carry(old.node().path(list).path(i), containers.get(i), "image");
      }
    }
    for (String member : List.of("activeDeadlineSeconds", "schedulingGates", "tolerations")) {
      Members.carry(old.node(), rest, member);
    }
    if (old.number("terminationGracePeriodSeconds") < 0
        && rest.path("terminationGracePeriodSeconds").asLong(0) == 1) {
      Members.carry(old.node(), rest, "terminationGracePeriodSeconds");
    }
    if (old.child("schedulingGates").filled()) {
      gated(rest, spec, old, errors);
    }
    return rest;
  }

  /** While a pod is held back, it may be sent to fewer nodes than before. */
  private static void gated(ObjectNode rest, At spec, At old, Errors errors) {
    At selector = spec.child("nodeSelector");
    if (!Semantic.equal(selector.node(), old.node().path("nodeSelector"))) {
      nodeSelector(selector, old.child("nodeSelector"), errors);
      Members.carry(old.node(), rest, "nodeSelector");
    }
    At affinity = spec.child("affinity", "nodeAffinity");
    At oldAffinity = old.child("affinity", "nodeAffinity");
    if (!Semantic.equal(affinity.node(), oldAffinity.node())) {
      nodeAffinity(affinity, oldAffinity, errors);
      restoreAffinity(rest, old.node().path("affinity"));
    }
  }

  private static void restoreAffinity(ObjectNode rest, JsonNode oldAffinity) {
    ObjectNode affinity = Members.object(rest, "affinity");
    Members.carry(oldAffinity, affinity, "nodeAffinity");
    if (affinity.isEmpty() && !oldAffinity.isObject()) {
      rest.remove("affinity");
    }
  }

  private static void nodeSelector(At selector, At old, Errors errors) {
    boolean[] kept = {true};
    old.entries((key, at) -> kept[0] &= selector.text(key).equals(at.text()) && selector.has(key));
    if (!kept[0]) {
      errors.invalid(
          selector,
          GoValue.sorted(selector.node()),
          "only additions to spec.nodeSelector are allowed (no mutations or deletions)");
    }
  }

  private static void nodeAffinity(At affinity, At old, Errors errors) {
    String required = "requiredDuringSchedulingIgnoredDuringExecution";
    At before = old.child(required);
    if (!before.present()) {
      return;
    }
    At now = affinity.child(required);
    if (!now.present()
        || now.child("nodeSelectorTerms").node().size()
            != before.child("nodeSelectorTerms").node().size()) {
      errors.invalid(
          now.child("nodeSelectorTerms"),
          "no additions/deletions to non-empty NodeSelectorTerms list are allowed");
      return;
    }
    List<At> terms = now.child("nodeSelectorTerms").items();
    List<At> oldTerms = before.child("nodeSelectorTerms").items();
    for (int i = 0; i < terms.size(); i++) {
      if (!onlyAdditions(terms.get(i), oldTerms.get(i))) {
        errors.invalid(terms.get(i), "only additions are allowed (no mutations or deletions)");
      }
    }
  }

  private static boolean onlyAdditions(At term, At old) {
    boolean empty = !old.child("matchExpressions").filled() && !old.child("matchFields").filled();
    if (empty) {
      // An empty term matches nothing: any addition would let it match more.
      return !term.child("matchExpressions").filled() && !term.child("matchFields").filled();
    }
    return startsWith(term.child("matchExpressions"), old.child("matchExpressions"))
        && startsWith(term.child("matchFields"), old.child("matchFields"));
  }

  private static boolean startsWith(At list, At start) {
    for (int i = 0; i < start.node().size(); i++) {
      if (!Semantic.equal(list.node().path(i), start.node().path(i))) {
        return false;
      }
    }
    return true;
  }
}
