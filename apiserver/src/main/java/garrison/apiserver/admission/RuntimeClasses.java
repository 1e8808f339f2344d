package garrison.apiserver.admission;

import garrison.model.StatusException;
import garrison.model.Toleration;
import garrison.model.kind.Kinds;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A pod's runtime class must exist, and brings its overhead and its nodes (15.2). */
public final class RuntimeClasses implements AdmissionPlugin {
  private final Lookup lookup;

  /** Over the present state. */
  public RuntimeClasses(Lookup lookup) {
    this.lookup = lookup;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    ObjectNode pod = request.document();
    if (pod == null || !request.creates(Kinds.POD)) {
      return;
    }
    ObjectNode spec = pod.withObject("spec");
    String name = spec.path("runtimeClassName").asString("");
    if (name.isEmpty()) {
      if (!spec.path("overhead").isEmpty()) {
        throw rejected(
            request, "Pod Overhead set without corresponding RuntimeClass defined Overhead");
      }
      return;
    }
    ObjectNode runtimeClass = lookup.get(Kinds.RUNTIME_CLASS, "", name);
    if (runtimeClass == null) {
      throw rejected(request, "RuntimeClass \"" + name + "\" not found");
    }
    setOverhead(request, spec, runtimeClass.path("overhead").path("podFixed"));
    mergeScheduling(request, spec, runtimeClass.path("scheduling"));
  }

  private static void setOverhead(AdmissionRequest request, ObjectNode spec, JsonNode fixed) {
    JsonNode given = spec.path("overhead");
    if (!given.isEmpty() && !given.equals(fixed)) {
      throw rejected(
          request,
          fixed.isEmpty()
              ? "Pod Overhead set without corresponding RuntimeClass defined Overhead"
              : "Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    }
    if (!fixed.isEmpty()) {
      spec.set("overhead", fixed.deepCopy());
    }
  }

  private static void mergeScheduling(
      AdmissionRequest request, ObjectNode spec, JsonNode scheduling) {
    scheduling
        .path("nodeSelector")
        .forEachEntry(
            (key, value) -> {
              ObjectNode selector = spec.withObject("nodeSelector");
              JsonNode present = selector.get(key);
              if (present != null && !present.equals(value)) {
                throw rejected(
                    request,
                    "conflict: runtimeClass.scheduling.nodeSelector["
                        + key
                        + "] = "
                        + value.asString("")
                        + "; pod.spec.nodeSelector["
                        + key
                        + "] = "
                        + present.asString(""));
              }
              selector.set(key, value);
            });
    for (JsonNode toleration : scheduling.path("tolerations")) {
      ArrayNode present =
          spec.get("tolerations") instanceof ArrayNode array ? array : spec.putArray("tolerations");
      boolean there = false;
      for (JsonNode other : present) {
        there |= Toleration.of(other).sameAs(Toleration.of(toleration));
      }
      if (!there) {
        present.add(toleration.deepCopy());
      }
    }
  }

  private static StatusException rejected(AdmissionRequest request, String why) {
    return StatusException.forbidden(request.kind(), request.name(), "pod rejected: " + why);
  }
}
