package garrison.agent.pod;

import garrison.client.UnreachableException;
import garrison.model.StatusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sets up the volumes of one pod below its directory, and brings those up to date that are made of
 * other objects (spec: node-agent 3.11). Called by the pod's worker only.
 */
final class Volumes {
  private static final String CREATE_FAILED = "configmap references non-existent config key: ";
  private static final int DEFAULT_MODE = 0644;

  private final Path directory;
  private final References references;
  private final InstantSource clock;
  private final Set<String> notices = new LinkedHashSet<>();
  private final Map<String, Token> tokens = new HashMap<>();

  private record Token(String text, Instant renewAt) {}

  Volumes(Path podDirectory, References references, InstantSource clock) {
    this.directory = podDirectory.resolve("volumes");
    this.references = references;
    this.clock = clock;
  }

  /** Things that the pod's owner should know though the pod runs; each once. */
  Set<String> notices() {
    return notices;
  }

  /** Volume name to its path on the node. */
  Map<String, Path> setUp(PodContext context) throws MountFailure {
    Map<String, Path> paths = new HashMap<>();
    for (JsonNode volume : context.spec().path("volumes")) {
      String name = volume.path("name").asString("");
      try {
        paths.put(name, one(context, name, volume));
      } catch (IOException e) {
        throw new MountFailure(name, e.toString());
      } catch (StatusException | UnreachableException e) {
        paths.put(name, setUpBefore(name, volume, e));
      }
    }
    return paths;
  }

  /** A server that is away must not keep a container from its restart: its files are still here. */
  private Path setUpBefore(String name, JsonNode volume, RuntimeException e) throws MountFailure {
    String type =
        volume.has("projected") ? "projected" : volume.has("secret") ? "secret" : "configmap";
    Path target = directory.resolve("kubernetes.io~" + type).resolve(name);
    if (!Files.exists(target.resolve("..data"))) {
      throw new MountFailure(name, String.valueOf(e.getMessage()));
    }
    return target;
  }

  private Path one(PodContext context, String name, JsonNode volume)
      throws IOException, MountFailure {
    if (volume.has("hostPath")) {
      JsonNode hostPath = volume.path("hostPath");
      return HostPath.prepare(
          name, hostPath.path("path").asString(""), hostPath.path("type").asString(""));
    }
    if (volume.has("emptyDir")) {
      String medium = volume.path("emptyDir").path("medium").asString("");
      if (!medium.isEmpty()) {
        throw new MountFailure(
            name, "emptyDir with medium " + medium + " is not supported by the process runtime");
      }
      return emptyDir(context, name);
    }
    Payload payload = new Payload();
    String type;
    if (volume.has("configMap")) {
      type = "configmap";
      JsonNode source = volume.path("configMap");
      keys(context, name, source, "name", false, mode(source), payload);
    } else if (volume.has("secret")) {
      type = "secret";
      JsonNode source = volume.path("secret");
      keys(context, name, source, "secretName", true, mode(source), payload);
    } else if (volume.has("downwardAPI")) {
      type = "downward-api";
      JsonNode source = volume.path("downwardAPI");
      downward(context, source, mode(source), payload);
    } else if (volume.has("projected")) {
      type = "projected";
      projected(context, name, volume.path("projected"), payload);
    } else {
      throw new MountFailure(
          name,
          "volumes of this kind are not supported on node "
              + context.node()
              + ": "
              + kindOf(volume));
    }
    Path target = directory.resolve("kubernetes.io~" + type).resolve(name);
    Files.createDirectories(target);
    payload.write(target);
    giveToGroup(context, target);
    return target;
  }

  private static String kindOf(JsonNode volume) {
    return volume.propertyNames().stream()
        .filter(member -> !member.equals("name"))
        .findFirst()
        .orElse("none");
  }

  private Path emptyDir(PodContext context, String name) throws IOException {
    Path path = directory.resolve("kubernetes.io~empty-dir").resolve(name);
    if (!Files.exists(path)) {
      Files.createDirectories(path);
      Files.setPosixFilePermissions(path, Payload.permissions(0777));
      giveToGroup(context, path);
    }
    return path;
  }

  private static void giveToGroup(PodContext context, Path path) throws IOException {
    JsonNode group = context.spec().path("securityContext").path("fsGroup");
    if (group.isIntegralNumber()) {
      Trees.giveToGroup(path, group.longValue());
    }
  }

  private void keys(
      PodContext context,
      String volume,
      JsonNode source,
      String nameMember,
      boolean secret,
      int mode,
      Payload payload)
      throws IOException, MountFailure {
    String name = source.path(nameMember).asString("");
    boolean optional = source.path("optional").asBoolean(false);
    ObjectNode object =
        secret
            ? references.secret(context.namespace(), name)
            : references.configMap(context.namespace(), name);
    if (object == null) {
      if (optional) {
        return;
      }
      throw new MountFailure(
          volume, (secret ? "secret \"" : "configmap \"") + name + "\" not found");
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
        throw new MountFailure(
            volume, secret ? "references non-existent secret key: " + key : CREATE_FAILED + key);
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

  private static void downward(PodContext context, JsonNode source, int mode, Payload payload)
      throws IOException {
    for (JsonNode item : source.path("items")) {
      String text =
          item.has("fieldRef")
              ? DownwardFields.field(context, item.path("fieldRef").path("fieldPath").asString(""))
              : DownwardFields.resource(
                  context,
                  container(context, item.path("resourceFieldRef")),
                  item.path("resourceFieldRef"));
      payload.add(
          item.path("path").asString(""),
          text.getBytes(StandardCharsets.UTF_8),
          item.path("mode").asInt(mode));
    }
  }

  private static JsonNode container(PodContext context, JsonNode reference) {
    String name = reference.path("containerName").asString("");
    for (JsonNode container : context.spec().path("containers")) {
      if (container.path("name").asString("").equals(name)) {
        return container;
      }
    }
    return context.spec().path("containers").path(0);
  }

  private void projected(PodContext context, String volume, JsonNode projected, Payload payload)
      throws IOException, MountFailure {
    int mode = mode(projected);
    boolean issued = true;
    for (JsonNode source : projected.path("sources")) {
      if (source.has("serviceAccountToken")) {
        issued = token(context, source.path("serviceAccountToken"), mode, payload);
      } else if (source.has("configMap")) {
        // Without tokens the injected volume has no use, and nothing to wait for.
        boolean wait = issued || !volume.startsWith("kube-api-access-");
        JsonNode map = source.path("configMap");
        if (wait
            || references.configMap(context.namespace(), map.path("name").asString("")) != null) {
          keys(context, volume, map, "name", false, mode, payload);
        }
      } else if (source.has("secret")) {
        keys(context, volume, source.path("secret"), "name", true, mode, payload);
      } else if (source.has("downwardAPI")) {
        downward(context, source.path("downwardAPI"), mode, payload);
      } else {
        throw new MountFailure(
            volume, "projected source " + kindOf(source) + " is not supported on this node");
      }
    }
  }

  /** Renewed when 80 % of its life is over. */
  private boolean token(PodContext context, JsonNode source, int mode, Payload payload)
      throws IOException {
    String path = source.path("path").asString("token");
    Token held = tokens.get(path);
    if (held == null || !clock.instant().isBefore(held.renewAt())) {
      long seconds = source.path("expirationSeconds").asLong(3600);
      String text = references.token(context, source.path("audience").asString(""), seconds);
      if (text == null) {
        notices.add(
            "The API server issues no service account tokens, so the pod runs without one; set"
                + " automountServiceAccountToken: false if it needs none");
        return false;
      }
      held = new Token(text, clock.instant().plusSeconds(seconds * 8 / 10));
      tokens.put(path, held);
    }
    payload.add(path, held.text().getBytes(StandardCharsets.UTF_8), mode);
    return true;
  }

  private static int mode(JsonNode source) {
    return source.path("defaultMode").asInt(DEFAULT_MODE);
  }
}
