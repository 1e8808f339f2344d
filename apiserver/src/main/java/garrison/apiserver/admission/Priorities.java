package garrison.apiserver.admission;

import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A pod's priority is that of its class (spec: api-server 15.1, 15.2). */
public final class Priorities implements AdmissionPlugin {
  private static final String PREEMPT = "PreemptLowerPriority";
  private static final Set<String> SYSTEM =
      Set.of("system-node-critical", "system-cluster-critical");

  private final Lookup lookup;

  /** Over the present state. */
  public Priorities(Lookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    ObjectNode pod = request.document();
    if (pod == null || !request.kind().equals(Kinds.POD) || !request.subresource().isEmpty()) {
      return;
    }
    ObjectNode spec = pod.withObject("spec");
    ObjectNode old = request.old();
    if (old != null) {
      keep(old.path("spec"), spec, "priority");
      keep(old.path("spec"), spec, "preemptionPolicy");
      return;
    }
    ObjectNode priorityClass = classOf(request, spec.path("priorityClassName").asString(""));
    if (priorityClass != null) {
      spec.put("priorityClassName", priorityClass.path("metadata").path("name").asString(""));
    }
    long priority = priorityClass == null ? 0 : priorityClass.path("value").asLong(0);
    JsonNode given = spec.path("priority");
    if (given.isIntegralNumber() && given.longValue() != priority) {
      throw refused(
          request, "integer value of priority (" + given.longValue() + ")", "" + priority);
    }
    spec.put("priority", Math.toIntExact(priority));
    String policy =
        priorityClass == null ? PREEMPT : priorityClass.path("preemptionPolicy").asString(PREEMPT);
    JsonNode wanted = spec.path("preemptionPolicy");
    if (wanted.isString() && !wanted.stringValue().equals(policy)) {
      throw refused(
          request, "string value of PreemptionPolicy (" + wanted.stringValue() + ")", policy);
    }
    spec.put("preemptionPolicy", policy);
  }

  private static void keep(JsonNode from, ObjectNode to, String member) {
    if (!to.has(member) && from.has(member)) {
      to.set(member, from.path(member));
    }
  }

  private static StatusException refused(AdmissionRequest request, String what, String computed) {
    return StatusException.forbidden(
        request.kind(),
        request.name(),
        "the "
            + what
            + " must not be provided in pod spec; priority admission controller computed "
            + computed
            + " from the given PriorityClass name");
  }

  private @Nullable ObjectNode classOf(AdmissionRequest request, String name) {
    if (name.isEmpty()) {
      return globalDefault();
    }
    ObjectNode found = lookup.get(Kinds.PRIORITY_CLASS, "", name);
    if (found == null) {
      throw StatusException.forbidden(
          request.kind(), request.name(), "no PriorityClass with name " + name + " was found");
    }
    return found;
  }

  private @Nullable ObjectNode globalDefault() {
    for (ObjectNode candidate : lookup.all(Kinds.PRIORITY_CLASS)) {
      if (candidate.path("globalDefault").asBoolean(false)) {
        return candidate;
      }
    }
    return null;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.kind().equals(Kinds.PRIORITY_CLASS)) {
      return;
    }
    if (request.operation() == Verb.DELETE) {
      if (SYSTEM.contains(request.name())) {
        throw StatusException.forbidden(
            request.kind(),
            request.name(),
            "this is a system priority class and cannot be deleted");
      }
      return;
    }
    ObjectNode document = request.document();
    ObjectNode present = globalDefault();
    if (document != null && document.path("globalDefault").asBoolean(false) && present != null) {
      String name = present.path("metadata").path("name").asString("");
      if (!name.equals(document.path("metadata").path("name").asString(""))) {
        throw StatusException.forbidden(
            request.kind(),
            document.path("metadata").path("name").asString(""),
            "PriorityClass " + name + " is already marked as default. Only one default can exist");
      }
    }
  }
}
