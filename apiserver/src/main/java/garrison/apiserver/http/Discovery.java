package garrison.apiserver.http;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import garrison.model.schema.GoJson;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is served here, told to clients (spec: api-server 4): the registry of kinds in the two forms
 * of discovery. The documents never change while the server runs, so each is made once.
 */
final class Discovery {
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  private final Map<String, ObjectNode> plain = new LinkedHashMap<>();
  private final Map<String, Aggregate> aggregated;

  /**
   * An aggregated document.
   *
   * @param body its bytes
   * @param etag its quoted hash
   */
  private record Aggregate(byte[] body, String etag) {}

  Discovery() {
    List<Kind> core = Kinds.all().stream().filter(kind -> kind.group().isEmpty()).toList();
    plain.put("/api/v1", resourceList("v1", core));
    ObjectNode groups = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode list = groups.putArray("groups");
    for (String group : groups()) {
      ObjectNode entry = group(group);
      list.add(entry);
      ObjectNode alone = Json.object().put("kind", "APIGroup").put("apiVersion", "v1");
      alone.setAll(entry);
      plain.put("/apis/" + group, alone);
      for (String version : versions(group)) {
        plain.put(
            "/apis/" + group + "/" + version,
            resourceList(group + "/" + version, kinds(group, version)));
      }
    }
    plain.put("/apis", groups);
    aggregated = Map.of("/api", aggregate(List.of("")), "/apis", aggregate(List.copyOf(groups())));
  }

  /** Answers a path, null where it is none of discovery. */
  @Nullable Reply handle(Exchange exchange, String path) {
    Aggregate aggregate = aggregated.get(path);
    if (aggregate != null && wantsAggregate(exchange.accept())) {
      return aggregate(exchange, aggregate);
    }
    ObjectNode document = path.equals("/api") ? versions(exchange) : plain.get(path);
    if (document == null) {
      return null;
    }
    return Rendering.document(200, view(exchange), document);
  }

  /** All paths of discovery, for the index. */
  Set<String> paths() {
    Set<String> paths = new TreeSet<>(plain.keySet());
    paths.add("/api");
    return paths;
  }

  /** Whether a path lies below a group that is served. */
  boolean knowsGroup(String path) {
    List<String> parts = Target.split(path);
    return parts.size() > 2 && parts.getFirst().equals("apis") && groups().contains(parts.get(1));
  }

  private static View view(Exchange exchange) {
    Accept accept = exchange.accept();
    for (Accept.Item item : accept.items()) {
      if (item.json()) {
        return new View(View.Form.OBJECT, false, exchange.pretty(), false);
      }
      if (item.type().equals(View.YAML_TYPE)) {
        return new View(View.Form.OBJECT, true, false, false);
      }
    }
    throw StatusException.of(
        StatusReason.NOT_ACCEPTABLE,
        "only the following media types are accepted: application/json, application/yaml,"
            + " application/vnd.kubernetes.protobuf");
  }

  private static boolean wantsAggregate(Accept accept) {
    for (Accept.Item item : accept.items()) {
      if (!item.json()) {
        continue;
      }
      if (item.parameter("as").isEmpty()) {
        return false;
      }
      if (item.parameter("as").equals("APIGroupDiscoveryList")
          && item.parameter("g").equals("apidiscovery.k8s.io")
          && item.parameter("v").equals("v2")) {
        return true;
      }
    }
    return false;
  }

  private static Reply aggregate(Exchange exchange, Aggregate aggregate) {
    Map<String, String> headers =
        Map.of("Cache-Control", "public", "Vary", "Accept", "ETag", aggregate.etag());
    return aggregate.etag().equals(exchange.header("If-None-Match"))
        ? new BytesReply(304, "", new byte[0], headers)
        : new BytesReply(200, AGGREGATED, aggregate.body(), headers);
  }

  private static Set<String> groups() {
    Set<String> groups = new LinkedHashSet<>();
    Kinds.all().stream().map(Kind::group).filter(group -> !group.isEmpty()).forEach(groups::add);
    return groups;
  }

  private static Set<String> versions(String group) {
    Set<String> versions = new LinkedHashSet<>();
    Kinds.all().stream()
        .filter(kind -> kind.group().equals(group))
        .map(Kind::version)
        .forEach(versions::add);
    return versions;
  }

  private static List<Kind> kinds(String group, String version) {
    return Kinds.all().stream()
        .filter(kind -> kind.group().equals(group) && kind.version().equals(version))
        .sorted(Comparator.comparing(Kind::plural))
        .toList();
  }

  private static ObjectNode versions(Exchange exchange) {
    ObjectNode document = Json.object().put("kind", "APIVersions");
    document.putArray("versions").add("v1");
    document
        .putArray("serverAddressByClientCIDRs")
        .addObject()
        .put("clientCIDR", "0.0.0.0/0")
        .put("serverAddress", exchange.authority());
    return document;
  }

  private static ObjectNode group(String group) {
    ObjectNode entry = Json.object().put("name", group);
    ArrayNode list = entry.putArray("versions");
    for (String version : versions(group)) {
      list.addObject().put("groupVersion", group + "/" + version).put("version", version);
    }
    entry.set("preferredVersion", list.get(0).deepCopy());
    return entry;
  }

  private static ObjectNode resourceList(String groupVersion, List<Kind> kinds) {
    ObjectNode document = Json.object().put("kind", "APIResourceList");
    if (groupVersion.indexOf('/') >= 0) {
      document.put("apiVersion", "v1");
    }
    document.put("groupVersion", groupVersion);
    ArrayNode resources = document.putArray("resources");
    for (Kind kind : kinds.stream().sorted(Comparator.comparing(Kind::plural)).toList()) {
      ObjectNode entry =
          resources
              .addObject()
              .put("name", kind.plural())
              .put("singularName", kind.singular())
              .put("namespaced", kind.namespaced())
              .put("kind", kind.kind());
      verbs(entry, kind.verbs());
      texts(entry, "shortNames", kind.shortNames());
      texts(entry, "categories", kind.categories());
      for (Kind.Subresource part : sorted(kind)) {
        ObjectNode below =
            resources
                .addObject()
                .put("name", kind.plural() + "/" + part.name())
                .put("singularName", "")
                .put("namespaced", kind.namespaced());
        if (part.responseGroup() != null) {
          below.put("group", part.responseGroup()).put("version", part.responseVersion());
        }
        below.put("kind", responseKind(kind, part));
        verbs(below, part.verbs());
      }
    }
    return document;
  }

  private static Aggregate aggregate(Collection<String> groups) {
    ObjectNode document =
        Json.object()
            .put("kind", "APIGroupDiscoveryList")
            .put("apiVersion", "apidiscovery.k8s.io/v2");
    document.putObject("metadata");
    ArrayNode items = document.putArray("items");
    for (String group : groups) {
      ObjectNode item = items.addObject();
      ObjectNode metadata = item.putObject("metadata");
      if (!group.isEmpty()) {
        metadata.put("name", group);
      }
      ArrayNode versions = item.putArray("versions");
      for (String version : versions(group)) {
        ObjectNode entry = versions.addObject().put("version", version);
        ArrayNode resources = entry.putArray("resources");
        kinds(group, version).forEach(kind -> resource(resources.addObject(), kind));
        entry.put("freshness", "Current");
      }
    }
    byte[] body = Rendering.line(GoJson.bytes(document));
    return new Aggregate(body, "\"" + hash(body) + "\"");
  }

  private static void resource(ObjectNode entry, Kind kind) {
    entry.put("resource", kind.plural());
    type(entry, "", "", kind.kind());
    entry.put("scope", kind.namespaced() ? "Namespaced" : "Cluster");
    entry.put("singularResource", kind.singular());
    verbs(entry, kind.verbs());
    texts(entry, "shortNames", kind.shortNames());
    texts(entry, "categories", kind.categories());
    if (!kind.subresources().isEmpty()) {
      ArrayNode parts = entry.putArray("subresources");
      for (Kind.Subresource part : sorted(kind)) {
        ObjectNode below = parts.addObject().put("subresource", part.name());
        type(
            below,
            part.responseGroup() == null ? "" : part.responseGroup(),
            part.responseVersion() == null ? "" : part.responseVersion(),
            responseKind(kind, part));
        verbs(below, part.verbs());
      }
    }
  }

  /** Group and version stay empty where they are the enclosing ones. */
  private static void type(ObjectNode entry, String group, String version, String kind) {
    entry.putObject("responseKind").put("group", group).put("version", version).put("kind", kind);
  }

  private static String responseKind(Kind kind, Kind.Subresource part) {
    return part.responseKind() == null ? kind.kind() : part.responseKind();
  }

  private static List<Kind.Subresource> sorted(Kind kind) {
    return kind.subresources().stream()
        .sorted(Comparator.comparing(Kind.Subresource::name))
        .toList();
  }

  private static void verbs(ObjectNode entry, Set<Verb> verbs) {
    ArrayNode list = entry.putArray("verbs");
    verbs.stream().sorted().map(Verb::text).forEach(list::add);
  }

  private static void texts(ObjectNode entry, String member, List<String> texts) {
    if (!texts.isEmpty()) {
      texts.forEach(entry.putArray(member)::add);
    }
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of()
          .withUpperCase()
          .formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-512", e);
    }
  }
}
