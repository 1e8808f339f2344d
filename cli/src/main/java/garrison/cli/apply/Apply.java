package garrison.cli.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import garrison.client.Cluster;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import garrison.model.patch.ThreeWayMerge;
import garrison.model.schema.GoJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings objects to the state of a manifest as {@code kubectl apply} does: what the manifest says
 * is set, what an earlier one said and this one does not is removed, all else stays. It keeps the
 * manifest in kubectl's own annotation, so both can take turns. Thread-safe.
 */
public final class Apply {
  /** Where kubectl keeps the manifest that was applied last. */
  static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final int ATTEMPTS = 10;

  private final Cluster cluster;

  /** What came of it. */
  public enum Outcome {
    CREATED("created"),
    CONFIGURED("configured"),
    UNCHANGED("unchanged");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }

    /** kubectl's word for it. */
    public String word() {
      return word;
    }
  }

  /** Applies to this cluster. */
  public Apply(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Applies one object.
   *
   * @throws StatusException where the server refuses
   * @throws NoSuchKindException where it has no such kind
   */
  public Outcome apply(ObjectNode manifest) {
    return applied(manifest).outcome();
  }

  /**
   * What came of an object.
   *
   * @param before as it was; null where it was not there
   * @param after as the server has it now, or would have it in a dry run
   */
  public record Applied(Outcome outcome, @Nullable ObjectNode before, ObjectNode after) {}

  /** The same, with the object before and after. */
  public Applied applied(ObjectNode manifest) {
    Kind kind = kindOf(manifest);
    ObjectNode wanted = manifest.deepCopy();
    String namespace = "";
    if (kind.namespaced()) {
      namespace = wanted.path("metadata").path("namespace").asString("default");
      wanted.withObject("metadata").put("namespace", namespace);
    }
    wanted.withObject("metadata").withObject("annotations").put(LAST_APPLIED, kept(wanted));
    String name = wanted.path("metadata").path("name").asString("");
    for (int attempt = 1; ; attempt++) {
      try {
        return once(kind, namespace, name, wanted);
      } catch (StatusException e) {
        boolean again =
            e.reason() == StatusReason.CONFLICT || e.reason() == StatusReason.ALREADY_EXISTS;
        if (!again || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Applied once(Kind kind, String namespace, String name, ObjectNode wanted) {
    ObjectNode live = cluster.find(kind, namespace, name);
    if (live == null) {
      return new Applied(Outcome.CREATED, null, cluster.create(kind, namespace, wanted));
    }
    JsonNode earlier = Json.object();
    String text = live.path("metadata").path("annotations").path(LAST_APPLIED).asString("");
    if (!text.isEmpty()) {
      earlier = Json.parse(text);
    }
    ObjectNode merged = ThreeWayMerge.merge(kind.struct(), earlier, live, wanted);
    ObjectNode result = cluster.update(kind, merged);
    Outcome outcome = same(live, result) ? Outcome.UNCHANGED : Outcome.CONFIGURED;
    return new Applied(outcome, live, result);
  }

  /** By content: a dry run answers with the version that there was, whatever it would change. */
  private static boolean same(ObjectNode live, ObjectNode result) {
    return bare(live).equals(bare(result));
  }

  private static ObjectNode bare(ObjectNode document) {
    ObjectNode bare = document.deepCopy();
    bare.withObject("metadata").remove(List.of("resourceVersion", "managedFields"));
    return bare;
  }

  /** The kind of a manifest, as the server has it. */
  public static Kind kindOf(ObjectNode manifest) {
    String apiVersion = manifest.path("apiVersion").asString("");
    String name = manifest.path("kind").asString("");
    Kind kind = Kinds.byKind(apiVersion, name);
    if (kind == null || !kind.allows(Verb.CREATE)) {
      throw new NoSuchKindException(apiVersion, name);
    }
    return kind;
  }

  /** The manifest as kubectl keeps it: compact, keys sorted, with a line feed behind. */
  private static String kept(ObjectNode wanted) {
    ObjectNode plain = wanted.deepCopy();
    plain.withObject("metadata").withObject("annotations").remove(LAST_APPLIED);
    return new String(GoJson.sortedBytes(plain), UTF_8) + "\n";
  }
}
