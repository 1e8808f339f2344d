package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the checks of one part of a pod must know of the rest of it.
 *
 * @param pod a pod itself, not a template of pods
 * @param spec the whole spec
 * @param volumes the volumes that are in order, by name
 * @param claims the names of the resource claims
 */
record PodContext(boolean pod, At spec, Map<String, JsonNode> volumes, Set<String> claims) {

  static PodContext of(boolean pod, At spec, Map<String, JsonNode> volumes) {
    Set<String> claims = new LinkedHashSet<>();
    for (At claim : spec.child("resourceClaims").items()) {
      if (!claim.text("name").isEmpty()) {
        claims.add(claim.text("name"));
      }
    }
    return new PodContext(pod, spec, volumes, claims);
  }

  /** The seconds between SIGTERM and SIGKILL, null where nothing is said. */
  @Nullable Long gracePeriod() {
    At grace = spec.child("terminationGracePeriodSeconds");
    return grace.present() ? grace.number() : null;
  }

  /** The operating system, empty where nothing is said. */
  String system() {
    return spec.child("os").text("name");
  }

  String restartPolicy() {
    return spec.text("restartPolicy");
  }

  /** Whether users in the containers are those of the host. */
  boolean hostUsers() {
    return !spec.has("hostUsers") || spec.flag("hostUsers");
  }
}
