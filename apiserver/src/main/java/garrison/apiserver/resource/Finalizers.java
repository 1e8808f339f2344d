package garrison.apiserver.resource;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The two finalizers that tell the garbage collector what to do with dependents. Pure. */
final class Finalizers {
  private static final String FOREGROUND = "foregroundDeletion";
  private static final String ORPHAN = "orphan";

  private Finalizers() {}

  /**
   * Sets or takes them as a deletion asks; one that asks for nothing leaves what there is. In
   * place.
   *
   * @return whether that changed anything
   */
  static boolean apply(DeleteRequest request, ObjectNode document) {
    if (request.propagationPolicy() == null && request.orphanDependents() == null) {
      return false;
    }
    ObjectNode metadata = Documents.metadata(document);
    List<String> before = new ArrayList<>();
    for (JsonNode finalizer : metadata.path("finalizers")) {
      before.add(finalizer.asString(""));
    }
    List<String> after = new ArrayList<>(before);
    after.removeIf(
        finalizer ->
            finalizer.equals(FOREGROUND) && !request.foreground()
                || finalizer.equals(ORPHAN) && !request.orphan());
    add(after, FOREGROUND, request.foreground());
    add(after, ORPHAN, request.orphan());
    if (after.equals(before)) {
      return false;
    }
    if (after.isEmpty()) {
      metadata.remove("finalizers");
    } else {
      ArrayNode finalizers = metadata.putArray("finalizers");
      after.forEach(finalizers::add);
    }
    return true;
  }

  private static void add(List<String> finalizers, String finalizer, boolean wanted) {
    if (wanted && !finalizers.contains(finalizer)) {
      finalizers.add(finalizer);
    }
  }
}
