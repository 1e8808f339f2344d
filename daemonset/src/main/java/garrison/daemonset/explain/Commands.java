package garrison.daemonset.explain;

import garrison.daemonset.RevisionHistory;
import garrison.model.DaemonSet;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** kubectl's command lines for one DaemonSet. A shell takes them as they are. One use each. */
final class Commands {
  private final DaemonSet daemonSet;
  private final String kubectl;
  private @Nullable List<Fix> back;

  Commands(DaemonSet daemonSet) {
    this.daemonSet = daemonSet;
    this.kubectl = "kubectl -n " + quoted(daemonSet.namespace()) + " ";
  }

  /** Any command, in the DaemonSet's namespace. */
  String kubectl(String arguments) {
    return kubectl + arguments;
  }

  /** {@code ds/NAME}. */
  String name() {
    return "ds/" + daemonSet.name();
  }

  /** A merge patch of the DaemonSet. */
  String merge(ObjectNode patch) {
    return kubectl + "patch " + name() + " --type=merge -p " + quoted(text(patch));
  }

  /** Takes a field out of the pod template. */
  String removeFromTemplate(String... path) {
    ObjectNode operation = Json.object();
    operation.put("op", "remove");
    operation.put("path", pointer(path));
    return patch(operation);
  }

  /** Sets a field of the pod template. */
  String setInTemplate(JsonNode value, String... path) {
    ObjectNode operation = Json.object();
    operation.put("op", "add");
    operation.put("path", pointer(path));
    operation.set("value", value);
    return patch(operation);
  }

  /** Adds an element to a list of the pod template's spec, or makes the list. */
  String addToTemplateList(JsonNode element, String list) {
    if (daemonSet.templateSpec().path(list).isArray()) {
      return setInTemplate(element, "spec", list, "-");
    }
    ArrayNode only = Json.mapper().createArrayNode();
    only.add(element);
    return setInTemplate(only, "spec", list);
  }

  /** Back to the revision before the present one, where there is one. */
  List<Fix> backToEarlierRevision(Observed observed) {
    List<Fix> known = back;
    if (known == null) {
      known = back(observed);
      back = known; // reading revisions is dear, and every node that fails asks
    }
    return known;
  }

  private List<Fix> back(Observed observed) {
    RevisionHistory history = RevisionHistory.of(daemonSet, observed.revisions());
    if (history.old().isEmpty()) {
      return List.of();
    }
    return List.of(
        Fix.run(
            "or go back to the revision before this one",
            kubectl
                + "rollout undo "
                + name()
                + " --to-revision="
                + history.old().getLast().number()));
  }

  private String patch(ObjectNode operation) {
    ArrayNode operations = Json.mapper().createArrayNode();
    operations.add(operation);
    return kubectl + "patch " + name() + " --type=json -p " + quoted(text(operations));
  }

  private static String pointer(String... path) {
    StringBuilder pointer = new StringBuilder("/spec/template");
    for (String member : path) {
      pointer.append('/').append(member.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  static String text(JsonNode document) {
    return new String(Json.bytes(document), StandardCharsets.UTF_8);
  }

  /** A word as a shell takes it for itself. */
  static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=@%+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
