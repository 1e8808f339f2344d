package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import java.util.List;
import java.util.function.Consumer;

/** Walks the containers of a pod. */
final class Containers {
  private static final List<String> KINDS =
      List.of("initContainers", "containers", "ephemeralContainers");

  private Containers() {}

  /** Visits all, in the order in which they start. */
  static void each(At spec, Consumer<At> visitor) {
    for (String kind : KINDS) {
      spec.child(kind).items().forEach(visitor);
    }
  }

  /** Whether any has this name. */
  static boolean named(At spec, String name) {
    boolean[] found = {false};
    each(spec, container -> found[0] |= container.text("name").equals(name));
    return found[0];
  }

  /** Whether an init container stays, as a sidecar. */
  static boolean isSidecar(At container) {
    return container.text("restartPolicy").equals("Always");
  }
}
