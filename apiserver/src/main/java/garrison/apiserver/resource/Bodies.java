package garrison.apiserver.resource;

import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.patch.PatchException;
import garrison.model.schema.DecodeException;
import garrison.model.schema.Source;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The refusals of bodies that cannot be read, word for word (spec: api-server 5.2, 6.3, 11). */
final class Bodies {
  /** How much of a body a refusal shows. */
  private static final int SHOWN = 30;

  /** Goes before what is wrong with JSON. */
  static final String NO_JSON = "couldn't get version/kind; json parse error: ";

  private Bodies() {}

  /** No document at all. */
  static StatusException unreadable(Kind kind, String why, byte[] body) {
    return StatusException.badRequest(
        "the object provided is unrecognized (must be of type "
            + kind.kind()
            + "): "
            + why
            + " ("
            + start(body)
            + ")");
  }

  /** JSON, but no object. */
  static StatusException noObject(Kind kind, JsonNode root, Body body) {
    String found =
        switch (root.getNodeType()) {
          case STRING -> "string";
          case NUMBER -> "number";
          case BOOLEAN -> "bool";
          default -> "array";
        };
    return unreadable(
        kind,
        NO_JSON
            + "json: cannot unmarshal "
            + found
            + " into Go value of type struct { APIVersion string"
            + " \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\""
            + " }",
        body instanceof Body.Bytes bytes ? bytes.bytes() : Json.bytes(root));
  }

  private static String start(byte[] body) {
    if (body.length == 0) {
      return "<empty>";
    }
    int length = Math.min(SHOWN, body.length);
    String shown =
        body[0] == '{'
            ? new String(body, 0, length, StandardCharsets.UTF_8)
            : HexFormat.of().formatHex(body, 0, length);
    return body.length > SHOWN ? shown + " ..." : shown;
  }

  /** An object that is none of this kind. */
  static StatusException unfit(Kind kind, Source source, String why) {
    String name = source.text("kind").isEmpty() ? kind.kind() : source.text("kind");
    String version =
        source.text("apiVersion").isEmpty() ? kind.apiVersion() : source.text("apiVersion");
    return StatusException.badRequest(
        name
            + " in version \""
            + version.substring(version.indexOf('/') + 1)
            + "\" cannot be handled as a "
            + kind.kind()
            + ": "
            + why);
  }

  /** The change that a patch body asks for. */
  static Source patch(PatchType type, Body body) {
    return switch (body) {
      case Body.Document document -> Source.of(document.document());
      case Body.Bytes bytes -> {
        try {
          yield Source.parse(bytes.bytes());
        } catch (DecodeException e) {
          throw StatusException.badRequest(
              type == PatchType.JSON
                  ? "invalid JSON patch"
                  : "error decoding patch: " + e.message());
        }
      }
    };
  }

  /** A patch that breaks its own rules, or does not fit the object. */
  static StatusException refused(PatchException refusal) {
    return switch (refusal.kind()) {
      case MALFORMED -> StatusException.badRequest(refusal.message());
      case REJECTED ->
          StatusException.of(
              StatusReason.INVALID,
              "the server rejected our request due to an error in our request",
              Json.object());
      case TOO_LARGE ->
          StatusException.of(StatusReason.REQUEST_ENTITY_TOO_LARGE, refusal.message());
    };
  }

  /** A patch whose result is no object of the kind; kind and name stay empty, as upstream. */
  static StatusException unfitPatch(String shown, String why) {
    String message = "Invalid value: " + Json.object().stringNode(shown).toString() + ": " + why;
    ObjectNode details = Json.object();
    details
        .putArray("causes")
        .addObject()
        .put("reason", "FieldValueInvalid")
        .put("message", message)
        .put("field", "patch");
    return StatusException.of(StatusReason.INVALID, " \"\" is invalid: patch: " + message, details);
  }

  /** A mismatch in the words of the converter that strategic patches go through. */
  static String restore(DecodeException failure) {
    DecodeException.Mismatch mismatch = failure.mismatch();
    if (mismatch == null) {
      return failure.message();
    }
    String wanted = mismatch.wanted();
    String found =
        switch (mismatch.found()) {
          case "object" -> "map";
          case "array" -> "slice";
          default -> mismatch.found();
        };
    if (wanted.startsWith("[]")) {
      return "cannot restore slice from " + found;
    }
    if (wanted.startsWith("map[")) {
      return "cannot restore map from " + found;
    }
    return wanted.contains(".") && !wanted.equals("resource.Quantity")
        ? "cannot restore struct from: " + found
        : "unrecognized type: " + wanted;
  }
}
