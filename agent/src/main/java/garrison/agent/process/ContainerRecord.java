package garrison.agent.process;

import garrison.agent.runtime.ContainerSpec.Profile;
import garrison.agent.runtime.ContainerSpec.Security;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is kept on disk of a container, for the agent that comes after this one. No environment: it
 * may hold secrets, and a running process has its own.
 *
 * @param bootId of the start of the machine in which it was made
 * @param ownMounts whether it has a mount namespace of its own
 * @param cgroups the directories it was put into
 */
record ContainerRecord(
    String id,
    String sandboxId,
    String name,
    int attempt,
    String image,
    String logPath,
    String hash,
    String directory,
    Instant createdAt,
    String bootId,
    boolean ownMounts,
    Security security,
    Map<String, String> annotations,
    List<String> cgroups) {

  ContainerRecord withCgroups(List<String> joined) {
    return new ContainerRecord(
        id,
        sandboxId,
        name,
        attempt,
        image,
        logPath,
        hash,
        directory,
        createdAt,
        bootId,
        ownMounts,
        security,
        annotations,
        List.copyOf(joined));
  }

  ObjectNode toDocument() {
    ObjectNode document =
        Json.object()
            .put("id", id)
            .put("sandbox", sandboxId)
            .put("name", name)
            .put("attempt", attempt)
            .put("image", image)
            .put("log", logPath)
            .put("hash", hash)
            .put("directory", directory)
            .put("createdAt", createdAt.toString())
            .put("bootId", bootId)
            .put("ownMounts", ownMounts);
    putNumber(document, "user", security.user());
    putNumber(document, "group", security.group());
    ArrayNode groups = document.putArray("supplementalGroups");
    security.supplementalGroups().forEach(groups::add);
    document.put("allowEscalation", security.allowEscalation());
    ArrayNode add = document.putArray("addCapabilities");
    security.addCapabilities().forEach(add::add);
    ArrayNode drop = document.putArray("dropCapabilities");
    security.dropCapabilities().forEach(drop::add);
    document.put("readOnlyRoot", security.readOnlyRoot());
    ObjectNode kept = document.putObject("annotations");
    annotations.forEach(kept::put);
    ArrayNode joined = document.putArray("cgroups");
    cgroups.forEach(joined::add);
    return document;
  }

  static ContainerRecord of(JsonNode document) {
    Map<String, String> kept = new LinkedHashMap<>();
    document
        .path("annotations")
        .properties()
        .forEach(entry -> kept.put(entry.getKey(), entry.getValue().asString()));
    List<Long> groups = new ArrayList<>();
    document.path("supplementalGroups").forEach(group -> groups.add(group.longValue()));
    return new ContainerRecord(
        document.path("id").asString(),
        document.path("sandbox").asString(),
        document.path("name").asString(),
        document.path("attempt").asInt(),
        document.path("image").asString(),
        document.path("log").asString(),
        document.path("hash").asString(),
        document.path("directory").asString(),
        Instant.parse(document.path("createdAt").asString()),
        document.path("bootId").asString(),
        document.path("ownMounts").asBoolean(),
        new Security(
            number(document, "user"),
            number(document, "group"),
            List.copyOf(groups),
            false,
            false,
            document.path("allowEscalation").asBoolean(),
            texts(document.path("addCapabilities")),
            texts(document.path("dropCapabilities")),
            document.path("readOnlyRoot").asBoolean(),
            false,
            Profile.NONE,
            Profile.NONE,
            null),
        kept,
        texts(document.path("cgroups")));
  }

  private static void putNumber(ObjectNode document, String name, @Nullable Long value) {
    if (value != null) {
      document.put(name, value);
    }
  }

  private static @Nullable Long number(JsonNode document, String name) {
    JsonNode value = document.path(name);
    return value.isIntegralNumber() ? value.longValue() : null;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asString()));
    return List.copyOf(texts);
  }
}
