package garrison.agent.pod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** AppArmor: who asks for it, and who has it (spec: node-agent 3.3). */
final class AppArmorUse {
  private static final Path ENABLED = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final String OLD = "container.apparmor.security.beta.kubernetes.io/";

  private AppArmorUse() {}

  /** Whether a pod asks for a profile, in its spec or the old way. Pure. */
  static boolean in(JsonNode pod) {
    boolean asked = asks(pod.path("spec"));
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      for (JsonNode container : pod.path("spec").path(list)) {
        asked |= asks(container);
      }
    }
    JsonNode annotations = pod.path("metadata").path("annotations");
    for (String name : annotations.propertyNames()) {
      asked |= name.startsWith(OLD) && !annotations.path(name).asString("").equals("unconfined");
    }
    return asked;
  }

  private static boolean asks(JsonNode podOrContainer) {
    String type =
        podOrContainer
            .path("securityContext")
            .path("appArmorProfile")
            .path("type")
            .asString("Unconfined");
    return !type.equals("Unconfined");
  }

  /** Whether the kernel of this machine enforces profiles. */
  static boolean enforced() {
    try {
      return Files.readString(ENABLED).startsWith("Y");
    } catch (IOException e) {
      return false; // a kernel without it has no such file
    }
  }
}
