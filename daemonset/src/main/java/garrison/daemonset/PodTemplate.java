package garrison.daemonset;

import garrison.model.DaemonSet;
import garrison.model.OwnerReference;
import garrison.model.Pod;
import garrison.model.Toleration;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the pods of a DaemonSet (spec: daemonset 3). Immutable and thread-safe; one is made for
 * each revision, and each pod costs one copy of the template.
 */
public final class PodTemplate {
  private static final int LONGEST_NAME = 253;

  private final String namespace;
  private final ObjectNode pod;

  private PodTemplate(String namespace, ObjectNode pod) {
    this.namespace = namespace;
    this.pod = pod;
  }

  /** The template of a DaemonSet at the revision with that hash; empty where there is none yet. */
  public static PodTemplate of(DaemonSet daemonSet, String hash) {
    ObjectNode pod = Json.object();
    pod.put("apiVersion", "v1");
    pod.put("kind", "Pod");
    JsonNode source = daemonSet.template().path("metadata");
    ObjectNode metadata = pod.putObject("metadata");
    metadata.put("generateName", prefix(daemonSet.name()));
    metadata.put("namespace", daemonSet.namespace());
    metadata.set("labels", labels(daemonSet, source, hash));
    copy(source, "annotations", metadata);
    copy(source, "finalizers", metadata);
    metadata.putArray("ownerReferences").add(owner(daemonSet).toDocument());
    ObjectNode spec =
        daemonSet.templateSpec() instanceof ObjectNode template
            ? template.deepCopy()
            : Json.object();
    ArrayNode tolerations = Json.mapper().createArrayNode();
    tolerations(spec).forEach(toleration -> tolerations.add(toleration.toDocument()));
    spec.set("tolerations", tolerations);
    pod.set("spec", spec);
    return new PodTemplate(daemonSet.namespace(), pod);
  }

  /** The owner reference that ties pods and revisions to their DaemonSet. */
  public static OwnerReference owner(DaemonSet daemonSet) {
    return new OwnerReference(
        "apps/v1", "DaemonSet", daemonSet.name(), daemonSet.meta().uid(), true, true);
  }

  /** A pod spec's tolerations, the automatic ones included (spec: daemonset 2.4). */
  static List<Toleration> tolerations(JsonNode podSpec) {
    List<Toleration> own = new ArrayList<>();
    for (JsonNode toleration : podSpec.path("tolerations")) {
      own.add(Toleration.of(toleration));
    }
    return AutomaticTolerations.addTo(own, podSpec.path("hostNetwork").asBoolean(false));
  }

  /** The namespace of all its pods. */
  public String namespace() {
    return namespace;
  }

  /** What to POST for one node; the caller's own copy. */
  public ObjectNode podFor(String node) {
    ObjectNode made = pod.deepCopy();
    ObjectNode spec = (ObjectNode) made.get("spec");
    ObjectNode required =
        child(
            child(child(spec, "affinity"), "nodeAffinity"),
            "requiredDuringSchedulingIgnoredDuringExecution");
    ObjectNode field =
        required
            .removeAll()
            .putArray("nodeSelectorTerms")
            .addObject()
            .putArray("matchFields")
            .addObject();
    field.put("key", "metadata.name");
    field.put("operator", "In");
    field.putArray("values").add(node);
    return made;
  }

  private static String prefix(String name) {
    return name.length() < LONGEST_NAME ? name + "-" : name;
  }

  private static ObjectNode labels(DaemonSet daemonSet, JsonNode source, String hash) {
    ObjectNode labels =
        source.path("labels") instanceof ObjectNode own ? own.deepCopy() : Json.object();
    OptionalLong generation = daemonSet.templateGeneration();
    if (generation.isPresent()) {
      labels.put(Pod.GENERATION_LABEL, Long.toString(generation.getAsLong()));
    }
    if (!hash.isEmpty()) {
      labels.put(Pod.HASH_LABEL, hash);
    }
    return labels;
  }

  private static void copy(JsonNode source, String member, ObjectNode to) {
    JsonNode value = source.path(member);
    if (!value.isMissingNode() && !value.isNull()) {
      to.set(member, value.deepCopy());
    }
  }

  private static ObjectNode child(ObjectNode parent, String member) {
    return parent.get(member) instanceof ObjectNode present ? present : parent.putObject(member);
  }
}
