package garrison.apiserver.openapi;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI v3 documents of a set of kinds (spec: api-server 6.2): one for each group version,
 * one for each place of discovery, and an index of them all; and what OpenAPI v2 makes of them.
 *
 * <p>A document is made when it is first asked for, and kept; the index needs the hash of every
 * one, so it makes them all. Thread-safe.
 */
public final class OpenApi {
  private final Map<String, Supplier<ObjectNode>> contents = new TreeMap<>();
  private final Map<String, Document> documents = new ConcurrentHashMap<>();
  private volatile byte @Nullable [] index;
  private volatile @Nullable Swagger swagger;

  /** For these kinds, usually {@code Kinds.all()}. Cheap: makes no document yet. */
  public OpenApi(List<Kind> kinds) {
    Map<GroupVersion, List<Kind>> byVersion = new TreeMap<>();
    for (Kind kind : kinds) {
      byVersion.computeIfAbsent(GroupVersion.of(kind), version -> new ArrayList<>()).add(kind);
    }
    List<GroupVersion> all = List.copyOf(byVersion.keySet());
    byVersion.forEach(
        (version, served) ->
            contents.put(version.key(), () -> GroupVersionDocument.of(version, served, all)));
    contents.put("api", () -> DiscoveryDocument.of("/api/", "meta.v1.APIVersions", all));
    contents.put("apis", () -> DiscoveryDocument.of("/apis/", "meta.v1.APIGroupList", all));
    contents.put("version", DiscoveryDocument::version);
    for (GroupVersion version : all) {
      if (!version.group().isEmpty()) {
        String key = "apis/" + version.group();
        contents.put(key, () -> DiscoveryDocument.of("/" + key + "/", "meta.v1.APIGroup", all));
      }
    }
  }

  /**
   * The index: every key with the URL of its present version. UTF-8 JSON; shared, not to be
   * changed.
   */
  public byte[] index() {
    byte[] made = index;
    if (made == null) {
      ObjectNode root = Json.object();
      ObjectNode paths = root.putObject("paths");
      for (String key : contents.keySet()) {
        paths.putObject(key).put("serverRelativeURL", required(key).url());
      }
      made = Json.bytes(root);
      index = made;
    }
    return made;
  }

  /** The document of a key such as {@code api/v1} or {@code apis/apps/v1}; null for any other. */
  public @Nullable Document document(String key) {
    return contents.containsKey(key) ? required(key) : null;
  }

  /** All documents in one, of OpenAPI v2. */
  public Swagger swagger() {
    Swagger made = swagger;
    if (made == null) {
      made = Swagger.of(contents.values().stream().map(Supplier::get).toList());
      swagger = made;
    }
    return made;
  }

  private Document required(String key) {
    return documents.computeIfAbsent(
        key, name -> Document.of(name, contents.getOrDefault(name, Json::object).get()));
  }
}
