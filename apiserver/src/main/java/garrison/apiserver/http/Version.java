package garrison.apiserver.http;

import garrison.model.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** {@code /version}: which Kubernetes this is like, and what it runs on (spec: api-server 4). */
final class Version {
  /** The version whose behaviour this server has. */
  static final String GIT_VERSION = "v1.37.2+garrison";

  private Version() {}

  static ObjectNode document() {
    String architecture = System.getProperty("os.arch");
    return Json.object()
        .put("major", "1")
        .put("minor", "37")
        .put("emulationMajor", "1")
        .put("emulationMinor", "37")
        .put("minCompatibilityMajor", "1")
        .put("minCompatibilityMinor", "36")
        .put("gitVersion", GIT_VERSION)
        .put("gitCommit", "")
        .put("gitTreeState", "")
        .put("buildDate", "1970-01-01T00:00:00Z")
        .put("goVersion", "none: java " + Runtime.version())
        .put("compiler", System.getProperty("java.vm.name"))
        .put("platform", "linux/" + (architecture.equals("aarch64") ? "arm64" : architecture));
  }
}
