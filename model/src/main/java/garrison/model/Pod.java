package garrison.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod, as the engine and the loops see it. Immutable; what is asked seldom is read from the
 * document when it is asked.
 *
 * @param meta its metadata
 * @param nodeName the node it is bound to, empty before
 * @param phase Pending, Running, Succeeded, Failed or Unknown
 * @param ready whether condition Ready is True
 * @param readySince when that condition last changed, null where unknown
 * @param document the whole document; shared, not to be changed
 */
public record Pod(
    Meta meta,
    String nodeName,
    String phase,
    boolean ready,
    @Nullable Instant readySince,
    ObjectNode document) {
  /** The label that names the revision a daemon pod was made from (spec: daemonset 3). */
  public static final String HASH_LABEL = "controller-revision-hash";

  /** The label that carries the template generation (spec: daemonset 3). */
  public static final String GENERATION_LABEL = "pod-template-generation";

  /** Reads a Pod document, and keeps it. */
  public static Pod of(ObjectNode document) {
    JsonNode status = document.path("status");
    boolean ready = false;
    Instant since = null;
    for (JsonNode condition : status.path("conditions")) {
      if (Fields.text(condition, "type").equals("Ready")) {
        ready = Fields.text(condition, "status").equals("True");
        since = Timestamps.parse(condition.path("lastTransitionTime"));
      }
    }
    return new Pod(
        Meta.of(document),
        Fields.text(document.path("spec"), "nodeName"),
        Fields.word(status, "phase"),
        ready,
        since,
        document);
  }

  /** Its namespace. */
  public String namespace() {
    return meta.namespace();
  }

  /** Its name. */
  public String name() {
    return meta.name();
  }

  /** Its labels. */
  public Map<String, String> labels() {
    return meta.labels();
  }

  /** Its spec; shared, not to be changed. */
  public JsonNode spec() {
    return document.path("spec");
  }

  /** Its status; shared, not to be changed. */
  public JsonNode status() {
    return document.path("status");
  }

  /** Whether somebody deleted it and it is still there. */
  public boolean terminating() {
    return meta.deleting();
  }

  /** Whether it ran to its end: phase Failed or Succeeded. */
  public boolean terminal() {
    return phase.equals("Failed") || phase.equals("Succeeded");
  }

  /**
   * The node it is for (spec: daemonset 3): the one it is bound to, else the one that its required
   * affinity names; null where it names none or several.
   */
  public @Nullable String targetNode() {
    if (!nodeName.isEmpty()) {
      return nodeName;
    }
    JsonNode terms =
        spec()
            .path("affinity")
            .path("nodeAffinity")
            .path("requiredDuringSchedulingIgnoredDuringExecution")
            .path("nodeSelectorTerms");
    for (JsonNode term : terms) {
      for (JsonNode field : term.path("matchFields")) {
        if (Fields.text(field, "key").equals("metadata.name")
            && Fields.text(field, "operator").equals("In")) {
          JsonNode values = field.path("values");
          return values.size() == 1 ? values.get(0).asString("") : null;
        }
      }
    }
    return null;
  }

  /** The hash of the revision it was made from, empty where it has none. */
  public String hash() {
    return meta.labels().getOrDefault(HASH_LABEL, "");
  }

  /** The template generation it was made from, as text; empty where it has none. */
  public String templateGeneration() {
    return meta.labels().getOrDefault(GENERATION_LABEL, "");
  }

  /** What it asks of its node. */
  public Resources requests() {
    return Resources.ofPod(spec());
  }

  /** The ports it takes on its node. */
  public List<HostPort> hostPorts() {
    return HostPort.ofPod(spec());
  }

  /** The taints it tolerates. */
  public List<Toleration> tolerations() {
    return Fields.list(spec().path("tolerations"), Toleration::of);
  }

  /** The nodes it demands. */
  public NodeAffinity affinity() {
    return NodeAffinity.of(spec());
  }

  /** Who binds it. */
  public String schedulerName() {
    return Fields.text(spec(), "schedulerName");
  }

  /** Its priority, 0 where it has none. */
  public long priority() {
    return Fields.number(spec(), "priority", 0);
  }

  /** Its conditions. */
  public List<Condition> conditions() {
    return Fields.list(status().path("conditions"), Condition::of);
  }
}
