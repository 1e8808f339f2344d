package garrison.conformance;

import garrison.model.PublishedManifest;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What kubectl has to say about a published manifest: as recorded, and where it holds kinds that
 * Garrison does not have or only shows, what it says to a Kubernetes of which that is true.
 */
final class ManifestWords {
  private static final Set<String> SYSTEM =
      Set.of("default", "kube-node-lease", "kube-public", "kube-system");

  private final PublishedManifest manifest;
  private final List<JsonNode> documents;

  ManifestWords(PublishedManifest manifest) {
    this.manifest = manifest;
    this.documents = manifest.documents();
  }

  /** Its DaemonSets that are accepted. */
  List<JsonNode> daemonSets() {
    return documents.stream()
        .filter(document -> Kinds.DAEMON_SET.equals(kind(document)))
        .filter(document -> manifest.stored(name(document)) != null)
        .toList();
  }

  /** The namespaces that it takes for granted. */
  Set<String> foreignNamespaces() {
    Set<String> names = new TreeSet<>();
    for (JsonNode document : documents) {
      Kind kind = kind(document);
      String namespace = namespace(document);
      if (kind != null && kind.namespaced() && !namespace.isEmpty()) {
        names.add(namespace);
      }
    }
    names.removeAll(ownNamespaces());
    names.removeAll(SYSTEM);
    return names;
  }

  /** Whether it makes its own namespace, without which a dry run refuses what is in it. */
  boolean bringsItsNamespace() {
    return !ownNamespaces().isEmpty();
  }

  private Set<String> ownNamespaces() {
    Set<String> names = new TreeSet<>();
    for (JsonNode document : documents) {
      if (Kinds.NAMESPACE.equals(kind(document))) {
        names.add(name(document));
      }
    }
    return names;
  }

  /** What {@code kubectl apply} prints of all that is refused: what it cannot map comes first. */
  String refusedByApply() {
    List<String> refused = refusals("creating");
    return unknown(refused.isEmpty()) + String.join("", refused);
  }

  /** What other commands print of it; {@code doing} is kubectl's word for the attempt. */
  String refused(String doing) {
    List<String> refused = refusals(doing);
    return String.join("", refused) + unknown(refused.isEmpty());
  }

  private List<String> refusals(String doing) {
    List<String> refused = new ArrayList<>();
    for (JsonNode document : documents) {
      Kind kind = kind(document);
      if (kind != null && !kind.allows(Verb.CREATE)) {
        refused.add(
            "Error from server (MethodNotAllowed): error when %s \"%s\": %s\n"
                .formatted(
                    doing,
                    manifest.file().getFileName(),
                    "the server does not allow this method on the requested resource"));
      }
    }
    if (manifest.refusal() != null) {
      refused.add(
          doing.equals("replacing")
              ? "Error from server (NotFound): error when replacing \"%s\": %s\n"
                  .formatted(
                      manifest.file().getFileName(),
                      "daemonsets.apps \"" + manifest.project() + "\" not found")
              : manifest.refused());
    }
    return refused;
  }

  /** kubectl prints one error as such, many one a line, and many among others as a list. */
  private String unknown(boolean alone) {
    List<String> errors = unknownKinds();
    if (errors.isEmpty()) {
      return "";
    }
    if (alone) {
      return (errors.size() == 1 ? "error: " : "") + String.join("\n", errors) + "\n";
    }
    return errors.size() == 1 ? errors.getFirst() + "\n" : "[" + String.join(", ", errors) + "]\n";
  }

  private List<String> unknownKinds() {
    return documents.stream()
        .filter(document -> kind(document) == null)
        .map(
            document ->
                "resource mapping not found for name: \"%s\" namespace: \"%s\" from \"%s\": %s\n%s"
                    .formatted(
                        name(document),
                        namespace(document),
                        manifest.file().getFileName(),
                        "no matches for kind \"%s\" in version \"%s\""
                            .formatted(
                                document.path("kind").asString(),
                                document.path("apiVersion").asString()),
                        "ensure CRDs are installed first"))
        .toList();
  }

  /** The recorded refusals, each of which is one here, be it the only one or among others. */
  List<String> recordedRefusals() {
    return manifest.refused().lines().map(ManifestWords::sentence).toList();
  }

  /** A line without the word that kubectl puts before the only error. */
  static String sentence(String line) {
    return line.replaceFirst("^error: ", "");
  }

  /** Whether it holds a kind that the real server took and Garrison does not. */
  boolean lacksKinds() {
    return documents.stream()
        .anyMatch(
            document -> {
              Kind kind = kind(document);
              return kind == null
                  ? !manifest.refused().contains("\"" + name(document) + "\"")
                  : !kind.allows(Verb.CREATE);
            });
  }

  /**
   * Whether the server holds each member as the file writes it. Where it does not, because the file
   * says what goes without saying ({@code readOnly: false}) or says it in other words ({@code
   * 1000m}), kubectl finds something to configure each time.
   */
  boolean isKeptToTheLetter(JsonNode daemonSet) {
    JsonNode stored = Objects.requireNonNull(manifest.stored(name(daemonSet)));
    return isKept(daemonSet.path("spec"), stored.path("spec"))
        && isKept(daemonSet.path("metadata"), stored.path("metadata"));
  }

  private static boolean isKept(JsonNode written, JsonNode stored) {
    if (written.isObject() && stored.isObject()) {
      return written
          .propertyStream()
          .allMatch(member -> isKept(member.getValue(), stored.path(member.getKey())));
    }
    if (written.isArray() && stored.isArray() && written.size() == stored.size()) {
      for (int i = 0; i < written.size(); i++) {
        if (!isKept(written.get(i), stored.get(i))) {
          return false;
        }
      }
      return true;
    }
    // As text: a parser of YAML and one of JSON do not make the same sort of number.
    return written.toString().equals(stored.toString());
  }

  private static @Nullable Kind kind(JsonNode document) {
    return Kinds.byKind(
        document.path("apiVersion").asString(""), document.path("kind").asString(""));
  }

  private static String name(JsonNode document) {
    return document.path("metadata").path("name").asString("");
  }

  private static String namespace(JsonNode document) {
    return document.path("metadata").path("namespace").asString("");
  }
}
