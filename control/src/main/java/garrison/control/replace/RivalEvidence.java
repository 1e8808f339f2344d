package garrison.control.replace;

import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.OwnerReference;
import garrison.model.Pod;
import tools.jackson.databind.JsonNode;

/**
 * What shows that another DaemonSet controller is at work: who wrote what, as the API server noted
 * it. Sentences without their end; empty for no evidence. Pure.
 */
final class RivalEvidence {
  /** The field manager of the built-in controllers. */
  private static final String BUILT_IN = "kube-controller-manager";

  private RivalEvidence() {}

  /**
   * Of a new pod.
   *
   * @param self the field manager of our own writes
   */
  static String of(Pod pod, String self) {
    OwnerReference controller = pod.meta().controller();
    if (controller == null || !controller.kind().equals("DaemonSet")) {
      return "";
    }
    String creator = creator(pod.document());
    return creator.isEmpty() || creator.equals(self)
        ? ""
        : creator + " has created pod " + name(pod.meta()) + " of DaemonSet " + controller.name();
  }

  /** Of a DaemonSet that has changed. Times are compared only as the API server wrote them. */
  static String of(DaemonSet old, DaemonSet now) {
    String before = statusTime(old.document());
    String after = statusTime(now.document());
    return after.compareTo(before) > 0
        ? BUILT_IN + " has written the status of DaemonSet " + name(now.meta())
        : "";
  }

  /** Who wrote the object itself first; empty where the server does not say. */
  private static String creator(JsonNode document) {
    String creator = "";
    String first = "";
    for (JsonNode entry : document.path("metadata").path("managedFields")) {
      String time = entry.path("time").asString("");
      boolean whole = entry.path("subresource").asString("").isEmpty();
      if (whole && (first.isEmpty() || time.compareTo(first) < 0)) {
        first = time;
        creator = entry.path("manager").asString("");
      }
    }
    return creator;
  }

  /**
   * When the built-in controller last wrote the status, as the server wrote it; empty for never.
   */
  private static String statusTime(JsonNode document) {
    for (JsonNode entry : document.path("metadata").path("managedFields")) {
      if (entry.path("manager").asString("").equals(BUILT_IN)
          && entry.path("subresource").asString("").equals("status")) {
        return entry.path("time").asString("");
      }
    }
    return "";
  }

  private static String name(Meta meta) {
    return meta.namespace() + "/" + meta.name();
  }
}
