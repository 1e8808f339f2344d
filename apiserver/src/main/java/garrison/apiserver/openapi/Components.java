package garrison.apiserver.openapi;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.Field;
import garrison.model.schema.Schema;
import garrison.model.schema.Struct;
import garrison.model.schema.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of one document: those that were asked for, and all that they need. Not thread-safe.
 */
final class Components {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

  /** Structs that server-side apply takes as one value (the tables know fields only). */
  private static final Set<String> ATOMIC =
      Set.of(
          "core.v1.ConfigMapKeySelector",
          "core.v1.FileKeySelector",
          "core.v1.LocalObjectReference",
          "core.v1.NodeSelector",
          "core.v1.NodeSelectorTerm",
          "core.v1.ObjectFieldSelector",
          "core.v1.ObjectReference",
          "core.v1.ResourceFieldSelector",
          "core.v1.SecretKeySelector",
          "core.v1.SecretReference",
          "core.v1.TypedLocalObjectReference",
          "meta.v1.LabelSelector",
          "meta.v1.OwnerReference",
          "rbac.v1.RoleRef",
          "rbac.v1.Subject");

  private final List<GroupVersion> versions;
  private final Map<String, GroupVersion> byPrefix = new HashMap<>();
  private final Map<String, ObjectNode> schemas = new TreeMap<>();

  /**
   * @param versions every group version that is served
   */
  Components(List<GroupVersion> versions) {
    this.versions = versions;
    for (GroupVersion version : versions) {
      byPrefix.put(prefix(version), version);
    }
  }

  /** The first two parts of the names of a group's structs, such as {@code rbac.v1}. */
  static String prefix(GroupVersion version) {
    String group = version.group().isEmpty() ? "core" : version.group();
    int dot = group.indexOf('.');
    return (dot < 0 ? group : group.substring(0, dot)) + "." + version.version();
  }

  /** {@code {"$ref": …}} to a struct's schema. */
  ObjectNode struct(String name) {
    boolean meta = name.startsWith("meta.v1.");
    String schema = meta ? META + name.substring("meta.v1.".length()) : "io.k8s.api." + name;
    if (!schemas.containsKey(schema)) {
      ObjectNode content = Json.object();
      // Before its members: a struct may hold itself.
      schemas.put(schema, content);
      write(Schema.struct(name), content);
    }
    return reference(schema);
  }

  /** A reference to the schema of a kind's documents. */
  ObjectNode kind(Kind kind) {
    String struct = kind.struct();
    return struct == null ? untyped(kind, kind.kind()) : struct(struct);
  }

  /** A reference to the schema of a kind's lists. */
  ObjectNode list(Kind kind) {
    String struct = kind.struct();
    if (struct != null && Schema.find(struct + "List") != null) {
      return struct(struct + "List");
    }
    String name = untypedName(kind, kind.kind() + "List");
    if (!schemas.containsKey(name)) {
      ObjectNode content = object(name);
      content.putArray("required").add("items");
      ObjectNode properties = content.putObject("properties");
      properties.putObject("apiVersion").put("type", "string");
      ObjectNode items = properties.putObject("items").put("type", "array");
      items.set("items", kind(kind));
      properties.putObject("kind").put("type", "string");
      properties.set("metadata", wrapped(struct("meta.v1.ListMeta")));
      kinds(content, GroupVersion.of(kind), kind.kind() + "List");
    }
    return reference(name);
  }

  /** A reference to what a patch is: anything. */
  ObjectNode patch() {
    return simple(META + "Patch", Json.object().put("type", "object"));
  }

  /** A reference to a schema that is in no table. */
  ObjectNode simple(String name, ObjectNode content) {
    schemas.putIfAbsent(name, content);
    return reference(name);
  }

  /** All of them, by name. */
  ObjectNode all() {
    ObjectNode all = Json.object();
    schemas.forEach(all::set);
    return all;
  }

  /** A kind that the tables do not cover: its metadata is known, the rest is taken as it comes. */
  private ObjectNode untyped(Kind kind, String kindName) {
    String name = untypedName(kind, kindName);
    if (!schemas.containsKey(name)) {
      ObjectNode content = object(name);
      ObjectNode properties = content.putObject("properties");
      properties.putObject("apiVersion").put("type", "string");
      properties.putObject("kind").put("type", "string");
      properties.set("metadata", wrapped(struct("meta.v1.ObjectMeta")));
      content.put("x-kubernetes-preserve-unknown-fields", true);
      kinds(content, GroupVersion.of(kind), kindName);
    }
    return reference(name);
  }

  private static String untypedName(Kind kind, String kindName) {
    GroupVersion version = GroupVersion.of(kind);
    if (version.group().isEmpty() || version.group().endsWith(".k8s.io")) {
      return "io.k8s.api." + prefix(version) + "." + kindName;
    }
    // As upstream names what is not its own: the group's labels in the order of a package.
    List<String> labels = List.of(version.group().split("\\.", -1)).reversed();
    return String.join(".", labels) + "." + version.version() + "." + kindName;
  }

  private ObjectNode object(String name) {
    ObjectNode content = Json.object().put("type", "object");
    schemas.put(name, content);
    return content;
  }

  private void write(Struct struct, ObjectNode content) {
    Descriptions.ofStruct(struct).ifPresent(text -> content.put("description", text));
    content.put("type", "object");
    ArrayNode required = Json.object().arrayNode();
    Map<String, ObjectNode> properties = new TreeMap<>();
    boolean topLevel = false;
    for (Field field : struct.fields()) {
      if (field.required()) {
        required.add(field.name());
      }
      topLevel |= field.envelope();
      properties.put(field.name(), property(struct, field));
    }
    if (!required.isEmpty()) {
      content.set("required", required);
    }
    if (!properties.isEmpty()) {
      ObjectNode all = content.putObject("properties");
      properties.forEach(all::set);
    }
    if (topLevel) {
      topLevel(struct, content);
    }
    if (ATOMIC.contains(struct.name())) {
      content.put("x-kubernetes-map-type", "atomic");
    }
  }

  /** Tells which kinds a struct is that can stand on its own. */
  private void topLevel(Struct struct, ObjectNode content) {
    String prefix = struct.name().substring(0, struct.name().lastIndexOf('.'));
    GroupVersion own = byPrefix.get(prefix);
    if (own != null) {
      kinds(content, own, struct.goName());
    } else if (struct.goName().endsWith("Options")) {
      ArrayNode all = content.putArray("x-kubernetes-group-version-kind");
      versions.forEach(version -> version.write(all.addObject(), struct.goName()));
    } else if (prefix.equals("meta.v1")) {
      kinds(content, new GroupVersion("", "v1"), struct.goName());
    }
  }

  private static void kinds(ObjectNode content, GroupVersion version, String kind) {
    version.write(content.putArray("x-kubernetes-group-version-kind").addObject(), kind);
  }

  private ObjectNode property(Struct struct, Field field) {
    ObjectNode type = type(field.type(), field.goType());
    ObjectNode property = type.has("$ref") ? wrapped(type) : type;
    Descriptions.of(struct, field).ifPresent(text -> property.put("description", text));
    defaultOf(field, property);
    switch (field.type()) {
      case Type.ListOf list -> listMarks(field, property);
      case Type.MapOf map -> mark(property, "x-kubernetes-map-type", field.listType());
      case Type.Ref ref -> mark(property, "x-kubernetes-map-type", field.listType());
      case Type.Scalar scalar -> {}
    }
    if (!field.patchStrategies().isEmpty()) {
      property.put("x-kubernetes-patch-strategy", String.join(",", field.patchStrategies()));
    }
    mark(property, "x-kubernetes-patch-merge-key", field.patchMergeKey());
    return property;
  }

  private static void listMarks(Field field, ObjectNode property) {
    mark(property, "x-kubernetes-list-type", field.listType());
    if (!field.listMapKeys().isEmpty()) {
      ArrayNode keys = property.putArray("x-kubernetes-list-map-keys");
      field.listMapKeys().forEach(keys::add);
    }
  }

  private static void mark(ObjectNode property, String name, String value) {
    if (!value.isEmpty()) {
      property.put(name, value);
    }
  }

  /** What the member is where nobody sets it, as far as its type alone says so. */
  private static void defaultOf(Field field, ObjectNode property) {
    String text = field.defaultText();
    switch (field.type()) {
      case Type.Ref ref when !field.pointer() -> property.putObject("default");
      case Type.Scalar scalar when !text.isEmpty() -> {
        if (scalar == Type.Scalar.BOOL) {
          property.put("default", Boolean.parseBoolean(text));
        } else {
          property.put("default", text);
        }
      }
      case Type.Scalar scalar when !field.pointer() && !field.omitEmpty() -> {
        switch (scalar) {
          case STRING -> property.put("default", "");
          case BOOL -> property.put("default", false);
          case INT32, INT64 -> property.put("default", 0);
          default -> {}
        }
      }
      default -> {}
    }
  }

  private ObjectNode type(Type type, String goType) {
    return switch (type) {
      case Type.Ref ref -> struct(ref.struct());
      case Type.ListOf list -> {
        ObjectNode node = Json.object().put("type", "array");
        node.set("items", type(list.element(), ""));
        yield node;
      }
      case Type.MapOf map -> {
        ObjectNode node = Json.object().put("type", "object");
        node.set("additionalProperties", type(map.value(), ""));
        yield node;
      }
      case Type.Scalar scalar -> scalar(scalar, goType);
    };
  }

  private ObjectNode scalar(Type.Scalar scalar, String goType) {
    return switch (scalar) {
      case STRING -> Json.object().put("type", "string");
      case BOOL -> Json.object().put("type", "boolean");
      case INT32 -> Json.object().put("type", "integer").put("format", "int32");
      case INT64 -> Json.object().put("type", "integer").put("format", "int64");
      case BYTES -> Json.object().put("type", "string").put("format", "byte");
      case TIME -> simple(META + "Time", dateTime());
      case MICRO_TIME -> simple(META + "MicroTime", dateTime());
      case QUANTITY ->
          simple("io.k8s.apimachinery.pkg.api.resource.Quantity", either("string", "number"));
      case INT_OR_STRING ->
          simple(
              "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
              either("integer", "string").put("format", "int-or-string"));
      case ANY ->
          simple(
              goType.endsWith("FieldsV1")
                  ? META + "FieldsV1"
                  : "io.k8s.apimachinery.pkg.runtime.RawExtension",
              Json.object().put("type", "object"));
    };
  }

  private static ObjectNode dateTime() {
    return Json.object().put("type", "string").put("format", "date-time");
  }

  private static ObjectNode either(String first, String second) {
    ObjectNode node = Json.object();
    ArrayNode types = node.putArray("oneOf");
    types.addObject().put("type", first);
    types.addObject().put("type", second);
    return node;
  }

  private static ObjectNode reference(String schema) {
    return Json.object().put("$ref", "#/components/schemas/" + schema);
  }

  /** A reference that may have other members beside it, which OpenAPI 3.0 ignores next to $ref. */
  private static ObjectNode wrapped(ObjectNode reference) {
    ObjectNode node = Json.object();
    node.putArray("allOf").add(reference);
    return node;
  }
}
