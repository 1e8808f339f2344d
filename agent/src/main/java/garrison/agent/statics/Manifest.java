package garrison.agent.statics;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import garrison.model.rules.MetadataRules;
import garrison.model.schema.DecodeException;
import garrison.model.schema.GoJson;
import garrison.model.schema.Schema;
import garrison.model.schema.Source;
import garrison.model.schema.TypedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * From the text of a file to the pod it defines: decoded, defaulted and validated like one that is
 * created at the API, then made this node's (spec: node-agent 3.1). Pure.
 */
final class Manifest {
  private static final String NEITHER = "neither JSON nor YAML: ";
  private static final String CONFIG = "kubernetes.io/config.";
  private static final DateTimeFormatter SEEN =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Manifest() {}

  /**
   * The pod.
   *
   * @param text JSON or YAML
   * @param file where it stands, absolute: part of the pod's identity
   * @param node whose pod it becomes
   * @param seen when it was read
   * @throws ManifestException for what is no valid static pod
   */
  static ObjectNode pod(byte[] text, Path file, String node, Instant seen)
      throws ManifestException {
    ObjectNode pod = decode(text);
    ObjectNode metadata = pod.withObject("metadata");
    metadata.remove(
        List.of(
            "resourceVersion",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generation",
            "managedFields",
            "selfLink",
            "ownerReferences"));
    pod.remove("status");
    Kinds.POD.rules().applyDefaults(pod);
    String uid = metadata.path("uid").asString("");
    if (uid.isEmpty()) {
      uid = hash(pod, file, node);
      metadata.put("uid", uid);
    }
    metadata.put("name", metadata.path("name").asString("") + "-" + node.toLowerCase(Locale.ROOT));
    if (metadata.path("namespace").asString("").isEmpty()) {
      metadata.put("namespace", "default");
    }
    ObjectNode annotations = metadata.withObject("annotations");
    annotations.remove(CONFIG + "mirror");
    annotations.put(CONFIG + "hash", uid);
    annotations.put(CONFIG + "seen", SEEN.format(seen));
    annotations.put(CONFIG + "source", "file");
    ObjectNode spec = pod.withObject("spec");
    spec.put("nodeName", node);
    tolerateEverything(spec);
    Kinds.POD.rules().prepareCreate(pod);
    validate(pod);
    return pod;
  }

  private static ObjectNode decode(byte[] bytes) throws ManifestException {
    Source source = source(bytes);
    ObjectNode document = source.object();
    if (document == null) {
      throw new ManifestException("no object: a manifest holds one Pod");
    }
    String version = source.text("apiVersion");
    String kind = source.text("kind");
    if (!version.equals(Kinds.POD.apiVersion()) || !kind.equals(Kinds.POD.kind())) {
      throw new ManifestException(
          "apiVersion \"" + version + "\", kind \"" + kind + "\": a manifest holds one v1 Pod");
    }
    try {
      ObjectNode typed = new TypedReader(source).read(Schema.struct("core.v1.Pod"), document);
      typed.put("apiVersion", version);
      typed.put("kind", kind);
      return typed;
    } catch (DecodeException e) {
      throw new ManifestException("no valid Pod: " + e.message());
    }
  }

  private static Source source(byte[] bytes) throws ManifestException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.stripLeading().startsWith("{")) {
      return yaml(text);
    }
    try {
      return Source.parse(bytes);
    } catch (DecodeException json) {
      try {
        return yaml(text); // YAML may look like JSON, too
      } catch (ManifestException yaml) {
        throw new ManifestException(NEITHER + json.message());
      }
    }
  }

  private static Source yaml(String text) throws ManifestException {
    List<JsonNode> documents;
    try {
      documents = new ArrayList<>(Yaml.documents(text));
    } catch (Yaml.MalformedException e) {
      throw new ManifestException(NEITHER + e.getMessage());
    }
    documents.removeIf(document -> document.isNull() || document.isMissingNode());
    if (documents.size() != 1) {
      throw new ManifestException(documents.size() + " documents: a manifest holds one Pod");
    }
    return Source.of(documents.getFirst());
  }

  /** Over what was decoded, so that a comment changes nothing; moving the file does. */
  private static String hash(ObjectNode pod, Path file, String node) {
    return new Fnv128a()
        .add(GoJson.bytes(pod))
        .add(("host:" + node).getBytes(StandardCharsets.UTF_8))
        .add(("file:" + file).getBytes(StandardCharsets.UTF_8))
        .hex();
  }

  /** No taint of its node drives it away: nobody could start it elsewhere. */
  private static void tolerateEverything(ObjectNode spec) {
    ArrayNode tolerations = spec.withArray("tolerations");
    for (JsonNode toleration : tolerations) {
      if (toleration.path("operator").asString("").equals("Exists")
          && toleration.path("key").asString("").isEmpty()
          && toleration.path("effect").asString("").equals("NoExecute")
          && !toleration.has("tolerationSeconds")) {
        return;
      }
    }
    tolerations.addObject().put("operator", "Exists").put("effect", "NoExecute");
  }

  private static void validate(ObjectNode pod) throws ManifestException {
    List<FieldError> errors = new ArrayList<>(MetadataRules.validateCreate(Kinds.POD, pod));
    errors.addAll(Kinds.POD.rules().validateCreate(pod));
    if (!errors.isEmpty()) {
      String name = pod.path("metadata").path("name").asString("");
      throw new ManifestException(StatusException.invalid(Kinds.POD, name, errors).message());
    }
    String forbidden = ForbiddenReferences.in(pod.path("spec"));
    if (forbidden != null) {
      throw new ManifestException("static pods may not reference " + forbidden);
    }
  }
}
