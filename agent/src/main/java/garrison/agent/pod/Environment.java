package garrison.agent.pod;

import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.volume.VolumeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The environment of a container: envFrom first, then env, which overrides it and may use what came
 * before (spec: node-agent 3.10). What is missing and not optional is a {@link RuntimeFailure} with
 * reason CreateContainerConfigError.
 */
final class Environment {
  private static final String CONFIG_ERROR = "CreateContainerConfigError";

  private final PodContext context;
  private final References references;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final Map<String, Path> volumes;
  private final Map<String, String> scope;

  private Environment(
      PodContext context,
      References references,
      Map<String, String> services,
      Map<String, Path> volumes) {
    this.context = context;
    this.references = references;
    this.volumes = volumes;
    this.scope = new HashMap<>(services);
  }

  /**
   * The variables of one container, in order.
   *
   * @param services what is known of services: comes last, overrides nothing, but may be used
   * @param volumes the pod's, for variables that stand in files of them
   */
  static Map<String, String> of(
      PodContext context,
      JsonNode container,
      References references,
      Map<String, String> services,
      Map<String, Path> volumes) {
    Environment environment = new Environment(context, references, services, volumes);
    container.path("envFrom").forEach(environment::from);
    for (JsonNode variable : container.path("env")) {
      environment.add(container, variable);
    }
    services.forEach(environment.variables::putIfAbsent);
    return environment.variables;
  }

  private void put(String name, String value) {
    variables.put(name, value);
    scope.put(name, value);
  }

  private void from(JsonNode source) {
    String prefix = source.path("prefix").asString("");
    JsonNode reference = source.path("configMapRef");
    boolean secret = !reference.isObject();
    if (secret) {
      reference = source.path("secretRef");
    }
    ObjectNode object = find(reference, secret);
    if (object == null) {
      return;
    }
    object.path("data").forEachEntry((key, value) -> put(prefix + key, text(value, secret)));
  }

  private void add(JsonNode container, JsonNode variable) {
    String name = variable.path("name").asString("");
    String value = variable.path("value").asString("");
    JsonNode from = variable.path("valueFrom");
    if (!value.isEmpty() || from.isEmpty()) {
      put(name, Expansion.expand(value, scope));
      return;
    }
    String found = valueFrom(container, from);
    if (found != null) {
      put(name, found);
    }
  }

  /** Null for an optional one that is missing. */
  private @Nullable String valueFrom(JsonNode container, JsonNode from) {
    if (from.has("fieldRef")) {
      return DownwardFields.field(context, from.path("fieldRef").path("fieldPath").asString(""));
    }
    if (from.has("resourceFieldRef")) {
      return DownwardFields.resource(
          context, named(container, from.path("resourceFieldRef")), from.path("resourceFieldRef"));
    }
    if (from.has("configMapKeyRef")) {
      return key(from.path("configMapKeyRef"), false);
    }
    if (from.has("secretKeyRef")) {
      return key(from.path("secretKeyRef"), true);
    }
    if (from.has("fileKeyRef")) {
      return file(from.path("fileKeyRef"));
    }
    throw new RuntimeFailure(
        CONFIG_ERROR,
        "env valueFrom " + from.propertyNames() + " is not supported on node " + context.node());
  }

  private JsonNode named(JsonNode container, JsonNode reference) {
    String name = reference.path("containerName").asString("");
    return name.isEmpty() ? container : DownwardFields.container(context, name);
  }

  /** Null for an optional one whose file or key is missing. */
  private @Nullable String file(JsonNode reference) {
    String volume = reference.path("volumeName").asString("");
    Path root = volumes.get(volume);
    if (root == null) {
      throw new RuntimeFailure(CONFIG_ERROR, "cannot find the volume \"" + volume + "\"");
    }
    String path = reference.path("path").asString("");
    String key = reference.path("key").asString("");
    String value;
    try {
      value = EnvFile.value(root, path, key);
    } catch (VolumeException e) {
      throw new RuntimeFailure(CONFIG_ERROR, e.why());
    }
    if (value == null && !optional(reference)) {
      throw new RuntimeFailure(
          CONFIG_ERROR,
          "environment variable key \"" + key + "\" not found in file \"" + path + "\"");
    }
    return value;
  }

  private @Nullable String key(JsonNode reference, boolean secret) {
    ObjectNode object = find(reference, secret);
    if (object == null) {
      return null;
    }
    String key = reference.path("key").asString("");
    JsonNode value = object.path("data").path(key);
    if (!value.isMissingNode()) {
      return text(value, secret);
    }
    if (optional(reference)) {
      return null;
    }
    throw new RuntimeFailure(
        CONFIG_ERROR,
        "couldn't find key "
            + key
            + " in "
            + (secret ? "Secret " : "ConfigMap ")
            + context.namespace()
            + "/"
            + reference.path("name").asString(""));
  }

  private @Nullable ObjectNode find(JsonNode reference, boolean secret) {
    String name = reference.path("name").asString("");
    ObjectNode object =
        secret
            ? references.secret(context.namespace(), name)
            : references.configMap(context.namespace(), name);
    if (object == null && !optional(reference)) {
      throw new RuntimeFailure(
          CONFIG_ERROR, (secret ? "secret \"" : "configmap \"") + name + "\" not found");
    }
    return object;
  }

  private static boolean optional(JsonNode reference) {
    return reference.path("optional").asBoolean(false);
  }

  private static String text(JsonNode value, boolean secret) {
    String text = value.asString("");
    return secret ? new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8) : text;
  }
}
