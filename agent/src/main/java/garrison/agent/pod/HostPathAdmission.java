package garrison.agent.pod;

import garrison.agent.volume.HostPathGuard;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Refuses a pod whose hostPath volumes the machine's owner does not allow, before anything of it
 * starts. That is for a clear answer; what binds is the check at each mount, because links may
 * change in between.
 */
record HostPathAdmission(HostPathGuard guard, String node) {
  /** As in a pod's status and event. */
  static final String REASON = "HostPathNotAllowed";

  /** Null where all of them may be mounted. */
  @Nullable Rejection check(JsonNode podSpec) {
    if (!guard.active()) {
      return null;
    }
    for (JsonNode volume : podSpec.path("volumes")) {
      String path = volume.path("hostPath").path("path").asString("");
      String name = volume.path("name").asString("");
      if (path.startsWith("/")) {
        String refusal = refusal(path, VolumeUse.written(podSpec, name));
        if (refusal != null) {
          return new Rejection(REASON, "volume \"" + name + "\": " + refusal);
        }
      }
    }
    return null;
  }

  private @Nullable String refusal(String path, boolean writable) {
    try {
      Path real = HostPathGuard.realPath(path);
      return guard.refusal(path, real, writable);
    } catch (IOException e) {
      return "hostPath " + path + " cannot be followed on node " + node + ": " + e.getMessage();
    }
  }
}
