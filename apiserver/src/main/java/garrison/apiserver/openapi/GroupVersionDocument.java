package garrison.apiserver.openapi;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The document of one group version: what may be done to its kinds, and what they look like. */
final class GroupVersionDocument {
  private static final List<String> PATCH_TYPES =
      List.of(
          "application/apply-patch+yaml",
          "application/json-patch+json",
          "application/merge-patch+json");

  private final GroupVersion version;
  private final Components components;
  private final ObjectNode paths = Json.object();

  private GroupVersionDocument(GroupVersion version, List<GroupVersion> all) {
    this.version = version;
    this.components = new Components(all);
  }

  /**
   * @param kinds those of this group version
   * @param all every group version that is served
   */
  static ObjectNode of(GroupVersion version, List<Kind> kinds, List<GroupVersion> all) {
    GroupVersionDocument document = new GroupVersionDocument(version, all);
    document.resources();
    kinds.forEach(document::kind);
    return DiscoveryDocument.whole(document.paths, document.components);
  }

  private void resources() {
    ObjectNode get = paths.putObject("/" + version.key() + "/").putObject("get");
    get.putArray("tags").add(version.tag());
    get.put("operationId", "get" + version.title() + "APIResources");
    Responses.put(get, components.struct("meta.v1.APIResourceList"), false, 200);
  }

  private void kind(Kind kind) {
    String base = "/" + version.key() + "/";
    if (kind.namespaced() && kind.allows(Verb.LIST)) {
      ObjectNode everywhere = paths.putObject(base + kind.plural());
      list(everywhere, kind, kind.kind() + "ForAllNamespaces", List.of());
      Parameter.put(everywhere, Parameter.LIST_EVERYWHERE);
    }
    String collection = base + (kind.namespaced() ? "namespaces/{namespace}/" : "") + kind.plural();
    collection(collection, kind);
    if (kind.allows(Verb.GET)) {
      item(collection + "/{name}", kind);
    }
    for (Kind.Subresource subresource : kind.subresources()) {
      subresource(collection + "/{name}/" + subresource.name(), kind, subresource);
    }
  }

  private static String scoped(Kind kind) {
    return (kind.namespaced() ? "Namespaced" : "") + kind.kind();
  }

  private void collection(String path, Kind kind) {
    ObjectNode item = Json.object();
    if (kind.allows(Verb.LIST)) {
      list(item, kind, scoped(kind), Parameter.LIST);
    }
    if (kind.allows(Verb.CREATE)) {
      ObjectNode post = operation(item, "post", "create", scoped(kind), "post", kind);
      Parameter.put(post, Parameter.WRITE);
      body(post, components.kind(kind), true);
      Responses.put(post, components.kind(kind), false, 200, 201, 202);
    }
    if (kind.allows(Verb.DELETECOLLECTION)) {
      ObjectNode delete =
          operation(
              item, "delete", "delete", "Collection" + scoped(kind), "deletecollection", kind);
      Parameter.put(delete, Parameter.DELETE_COLLECTION);
      body(delete, components.struct("meta.v1.DeleteOptions"), false);
      Responses.put(delete, components.struct("meta.v1.Status"), false, 200);
    }
    if (!item.isEmpty()) {
      pathParameters(item, kind, false);
      paths.set(path, item);
    }
  }

  private void list(ObjectNode item, Kind kind, String subject, List<Parameter> parameters) {
    ObjectNode get = operation(item, "get", "list", subject, "list", kind);
    Parameter.put(get, parameters);
    Responses.put(get, components.list(kind), true, 200);
  }

  private void item(String path, Kind kind) {
    ObjectNode item = paths.putObject(path);
    document(item, kind, kind.verbs(), "", GroupVersion.of(kind), kind.kind());
    if (kind.allows(Verb.DELETE)) {
      ObjectNode delete = operation(item, "delete", "delete", scoped(kind), "delete", kind);
      Parameter.put(delete, Parameter.DELETE);
      body(delete, components.struct("meta.v1.DeleteOptions"), false);
      ObjectNode answer =
          kind.has(Trait.DELETE_ANSWERS_OBJECT)
              ? components.kind(kind)
              : components.struct("meta.v1.Status");
      Responses.put(delete, answer, false, 200, 202);
    }
    pathParameters(item, kind, true);
  }

  /** The operations that read and write a document at its own URL. */
  private void document(
      ObjectNode item,
      Kind kind,
      Set<Verb> verbs,
      String suffix,
      GroupVersion answered,
      String answeredKind) {
    String subject = scoped(kind) + suffix;
    ObjectNode schema = components.kind(kind);
    if (verbs.contains(Verb.GET)) {
      ObjectNode get = operation(item, "get", "read", subject, "get", answered, answeredKind);
      Responses.put(get, schema, false, 200);
    }
    if (verbs.contains(Verb.UPDATE)) {
      ObjectNode put = operation(item, "put", "replace", subject, "put", answered, answeredKind);
      Parameter.put(put, Parameter.WRITE);
      body(put, schema, true);
      Responses.put(put, schema, false, 200, 201);
    }
    if (verbs.contains(Verb.PATCH)) {
      ObjectNode patch =
          operation(item, "patch", "patch", subject, "patch", answered, answeredKind);
      Parameter.put(patch, Parameter.PATCH);
      ObjectNode request = patch.putObject("requestBody");
      ObjectNode content = request.putObject("content");
      PATCH_TYPES.forEach(type -> content.putObject(type).set("schema", components.patch()));
      if (kind.struct() != null) {
        // Without a struct nobody knows how its lists merge.
        content
            .putObject("application/strategic-merge-patch+json")
            .set("schema", components.patch());
      }
      request.put("required", true);
      Responses.put(patch, schema, false, 200, 201);
    }
  }

  private void subresource(String path, Kind kind, Kind.Subresource subresource) {
    ObjectNode item = paths.putObject(path);
    String suffix = GroupVersion.capital(subresource.name());
    String group = subresource.responseGroup();
    String groupVersion = subresource.responseVersion();
    String responseKind = subresource.responseKind();
    GroupVersion answered =
        group == null || groupVersion == null ? version : new GroupVersion(group, groupVersion);
    String answeredKind = responseKind == null ? kind.kind() : responseKind;
    if (subresource.name().equals("log")) {
      ObjectNode get =
          operation(item, "get", "read", scoped(kind) + suffix, "get", answered, answeredKind);
      Parameter.put(get, Parameter.ofStruct("core.v1.PodLogOptions"));
      Responses.putText(get);
    } else if (answeredKind.endsWith("Options")) {
      connect(item, subresource, scoped(kind) + suffix, answered, answeredKind);
    } else {
      if (subresource.verbs().contains(Verb.CREATE)) {
        ObjectNode post =
            operation(
                item, "post", "create", scoped(kind) + suffix, "post", answered, answeredKind);
        Parameter.put(post, Parameter.WRITE);
        ObjectNode schema = components.struct(structOf(answered, answeredKind));
        body(post, schema, true);
        Responses.put(post, schema, false, 200, 201, 202);
      }
      document(item, kind, subresource.verbs(), suffix, answered, answeredKind);
    }
    pathParameters(item, kind, true);
  }

  /** The operations that turn into a stream. */
  private void connect(
      ObjectNode item,
      Kind.Subresource subresource,
      String subject,
      GroupVersion answered,
      String answeredKind) {
    for (Verb verb : List.of(Verb.GET, Verb.CREATE)) {
      if (subresource.verbs().contains(verb)) {
        String method = verb == Verb.GET ? "get" : "post";
        String word = "connect" + GroupVersion.capital(method);
        ObjectNode stream =
            operation(item, method, word, subject, "connect", answered, answeredKind);
        Parameter.put(stream, Parameter.ofStruct(structOf(answered, answeredKind)));
        Responses.putText(stream);
      }
    }
  }

  private static String structOf(GroupVersion version, String kind) {
    return Components.prefix(version) + "." + kind;
  }

  private ObjectNode operation(
      ObjectNode item, String method, String word, String subject, String action, Kind kind) {
    return operation(item, method, word, subject, action, GroupVersion.of(kind), kind.kind());
  }

  private ObjectNode operation(
      ObjectNode item,
      String method,
      String word,
      String subject,
      String action,
      GroupVersion answered,
      String answeredKind) {
    ObjectNode operation = item.putObject(method);
    operation.putArray("tags").add(version.tag());
    operation.put("operationId", word + version.title() + subject);
    operation.put("x-kubernetes-action", action);
    answered.write(operation.putObject("x-kubernetes-group-version-kind"), answeredKind);
    return operation;
  }

  private static void body(ObjectNode operation, ObjectNode schema, boolean required) {
    ObjectNode request = operation.putObject("requestBody");
    request.putObject("content").putObject("*/*").set("schema", schema);
    if (required) {
      request.put("required", true);
    }
  }

  private static void pathParameters(ObjectNode item, Kind kind, boolean named) {
    List<Parameter> parameters = new ArrayList<>();
    if (named) {
      parameters.add(Parameter.NAME);
    }
    if (kind.namespaced()) {
      parameters.add(Parameter.NAMESPACE);
    }
    parameters.add(Parameter.PRETTY);
    Parameter.put(item, parameters);
  }
}
