package garrison.apiserver.resource;

import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.patch.GoNotation;
import garrison.model.patch.JsonPatch;
import garrison.model.patch.MergePatch;
import garrison.model.patch.PatchException;
import garrison.model.patch.StrategicPatch;
import garrison.model.schema.Canonical;
import garrison.model.schema.DecodeException;
import garrison.model.schema.GoJson;
import garrison.model.schema.ProtobufReader;
import garrison.model.schema.Schema;
import garrison.model.schema.Source;
import garrison.model.schema.Struct;
import garrison.model.schema.TypedReader;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads, patches and writes documents by the tables of the API (spec: api-server 5.2, 6.3, 11). A
 * kind that the tables do not have is taken as it comes, but for its metadata.
 */
final class SchemaCodec implements Codec {
  private static final Struct METADATA = Schema.struct("meta.v1.ObjectMeta");

  /** Older versions of a body that mean the same. */
  private static final Map<String, String> SAME_VERSION =
      Map.of("policy/v1beta1/Eviction", "policy/v1");

  @Override
  public ObjectNode decode(
      Kind kind, Body body, FieldValidation validation, Consumer<String> warnings) {
    Source source = source(kind, body);
    ObjectNode document = source.object();
    if (document == null) {
      throw Bodies.noObject(kind, source.root(), body);
    }
    checkType(kind, source);
    TypedReader reader = new TypedReader(source);
    ObjectNode typed;
    try {
      typed = read(kind, reader, document);
    } catch (DecodeException e) {
      throw Bodies.unfit(kind, source, e.message());
    }
    new FieldProblems(reader.problems())
        .report(validation, warnings, why -> Bodies.unfit(kind, source, why));
    return named(kind, typed);
  }

  private static Source source(Kind kind, Body body) {
    return switch (body) {
      case Body.Document document -> Source.of(document.document().deepCopy());
      case Body.Bytes bytes -> {
        try {
          yield switch (bytes.format()) {
            case JSON -> Source.parse(bytes.bytes());
            case YAML -> Source.yaml(bytes.bytes());
            case PROTOBUF -> ProtobufReader.read(bytes.bytes(), kind.struct());
          };
        } catch (DecodeException e) {
          boolean json = bytes.format() == Body.Format.JSON;
          String why = json ? Bodies.NO_JSON + e.message() : e.message();
          throw Bodies.unreadable(kind, why, bytes.bytes());
        }
      }
    };
  }

  private static void checkType(Kind kind, Source source) {
    String name = source.text("kind");
    String version = source.text("apiVersion");
    boolean same =
        (name.isEmpty() || name.equals(kind.kind()))
            && (version.isEmpty() || version.equals(kind.apiVersion()));
    if (!same && !kind.apiVersion().equals(SAME_VERSION.get(version + "/" + name))) {
      throw Bodies.unfit(kind, source, wrongType(kind, name, version));
    }
  }

  /** Why a document of another type is not taken. */
  private static String wrongType(Kind kind, String name, String version) {
    String given = name.isEmpty() ? kind.kind() : name;
    String of = version.isEmpty() ? kind.apiVersion() : version;
    if (Kinds.byKind(of, given) != null) {
      String group = kind.group().isEmpty() ? "core" : kind.group().replaceFirst("\\..*", "");
      return "converting ("
          + of.substring(of.indexOf('/') + 1)
          + "."
          + given
          + ") to ("
          + group
          + "."
          + kind.kind()
          + "): unknown conversion";
    }
    return "no kind \""
        + given
        + "\" is registered for version \""
        + of
        + "\" in scheme \"pkg/runtime/scheme.go:111\"";
  }

  private static ObjectNode read(Kind kind, TypedReader reader, ObjectNode document) {
    Struct struct = structOf(kind);
    if (struct != null) {
      return reader.read(struct, document);
    }
    return reader.readUntyped(document);
  }

  private static @Nullable Struct structOf(Kind kind) {
    return kind.struct() == null ? null : Schema.find(kind.struct());
  }

  private static ObjectNode named(Kind kind, ObjectNode document) {
    ObjectNode result = Json.object();
    result.put("kind", kind.kind());
    result.put("apiVersion", kind.apiVersion());
    document.forEachEntry(
        (name, value) -> {
          if (!result.has(name)) {
            result.set(name, value);
          }
        });
    return result;
  }

  @Override
  public ObjectNode patched(
      Kind kind,
      ObjectNode current,
      PatchType type,
      Body patch,
      FieldValidation validation,
      Consumer<String> warnings) {
    if (type == PatchType.APPLY) {
      throw StatusException.of(
          StatusReason.UNSUPPORTED_MEDIA_TYPE,
          "this server does not do server-side apply yet: use kubectl apply --server-side=false",
          Json.object());
    }
    Source given = Bodies.patch(type, patch);
    JsonNode change = given.root();
    ObjectNode result;
    try {
      result = apply(kind, current, type, change);
    } catch (PatchException e) {
      throw Bodies.refused(e);
    }
    Source source = Source.of(result);
    String shown = type == PatchType.STRATEGIC ? GoNotation.of(change) : result.toString();
    String name = source.text("kind");
    String version = source.text("apiVersion");
    if (!name.equals(kind.kind()) || !version.equals(kind.apiVersion())) {
      throw Bodies.unfitPatch(shown, wrongType(kind, name, version));
    }
    TypedReader reader = new TypedReader(source);
    ObjectNode typed;
    try {
      typed = read(kind, reader, result);
    } catch (DecodeException e) {
      throw Bodies.unfitPatch(shown, type == PatchType.STRATEGIC ? Bodies.restore(e) : e.message());
    }
    FieldProblems.ofPatch(type, given)
        .and(reader.problems())
        .report(validation, warnings, why -> Bodies.unfitPatch(shown, why));
    return named(kind, typed);
  }

  private static ObjectNode apply(Kind kind, ObjectNode current, PatchType type, JsonNode change) {
    return switch (type) {
      case JSON ->
          JsonPatch.apply(current, change) instanceof ObjectNode object ? object : Json.object();
      case STRATEGIC -> {
        Struct struct = structOf(kind);
        if (struct == null) {
          throw StatusException.of(
              StatusReason.UNSUPPORTED_MEDIA_TYPE, "415: Unsupported Media Type", Json.object());
        }
        yield StrategicPatch.apply(struct, current, change);
      }
      default -> MergePatch.apply(current, change);
    };
  }

  @Override
  public ObjectNode canonical(Kind kind, ObjectNode document) {
    Struct struct = structOf(kind);
    if (struct != null) {
      return Canonical.of(struct, document);
    }
    ObjectNode result = Json.object();
    for (String first : List.of("kind", "apiVersion")) {
      if (document.has(first)) {
        result.set(first, document.path(first));
      }
    }
    if (document.get("metadata") instanceof ObjectNode metadata) {
      result.set("metadata", Canonical.of(METADATA, metadata));
    }
    document.forEachEntry(
        (name, value) -> {
          if (!result.has(name)) {
            result.set(name, value.deepCopy());
          }
        });
    return result;
  }

  @Override
  public byte[] encode(Kind kind, ObjectNode document) {
    return GoJson.bytes(canonical(kind, document));
  }
}
