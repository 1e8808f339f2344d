package garrison.agent.pod;

import garrison.agent.volume.Payload;
import garrison.agent.volume.VolumeException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Fills a volume with what other objects, and the pod itself, say (spec: node-agent 3.11). */
record VolumeFiles(PodContext context, References references, Payload payload) {
  /** The keys of a configMap. */
  void configMap(JsonNode source, int mode) throws VolumeException {
    String name = source.path("name").asString("");
    ObjectNode object = references.configMap(context.namespace(), name);
    keys(source, object, "configmap \"" + name + "\" not found", false, mode);
  }

  /** The keys of a secret. */
  void secret(JsonNode source, String name, int mode) throws VolumeException {
    ObjectNode object = references.secret(context.namespace(), name);
    keys(source, object, "secret \"" + name + "\" not found", true, mode);
  }

  private void keys(
      JsonNode source, @Nullable ObjectNode object, String missing, boolean secret, int mode)
      throws VolumeException {
    boolean optional = source.path("optional").asBoolean(false);
    if (object == null) {
      if (optional) {
        return;
      }
      throw new VolumeException(missing);
    }
    if (source.path("items").isEmpty()) {
      for (Map.Entry<String, JsonNode> entry : object.path("data").properties()) {
        payload.add(entry.getKey(), bytes(entry.getValue(), secret), mode);
      }
      for (Map.Entry<String, JsonNode> entry : object.path("binaryData").properties()) {
        payload.add(entry.getKey(), bytes(entry.getValue(), true), mode);
      }
      return;
    }
    for (JsonNode item : source.path("items")) {
      String key = item.path("key").asString("");
      byte[] content = content(object, key, secret);
      if (content != null) {
        payload.add(item.path("path").asString(""), content, item.path("mode").asInt(mode));
      } else if (!optional) {
        throw new VolumeException(
            secret
                ? "references non-existent secret key: " + key
                : "configmap references non-existent config key: " + key);
      }
    }
  }

  private static byte @Nullable [] content(ObjectNode object, String key, boolean secret) {
    JsonNode value = object.path("data").path(key);
    if (!value.isMissingNode()) {
      return bytes(value, secret);
    }
    JsonNode binary = object.path("binaryData").path(key);
    return binary.isMissingNode() ? null : bytes(binary, true);
  }

  private static byte[] bytes(JsonNode value, boolean encoded) {
    String text = value.asString("");
    return encoded ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
  }

  /** Fields and resources of the pod. */
  void downward(JsonNode source, int mode) throws VolumeException {
    for (JsonNode item : source.path("items")) {
      JsonNode resource = item.path("resourceFieldRef");
      String text =
          item.has("fieldRef")
              ? DownwardFields.field(context, item.path("fieldRef").path("fieldPath").asString(""))
              : DownwardFields.resource(
                  context,
                  DownwardFields.container(context, resource.path("containerName").asString("")),
                  resource);
      payload.add(
          item.path("path").asString(""),
          text.getBytes(StandardCharsets.UTF_8),
          item.path("mode").asInt(mode));
    }
  }
}
