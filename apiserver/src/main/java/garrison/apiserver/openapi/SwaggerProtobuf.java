package garrison.apiserver.openapi;

import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Swagger document in the protobuf form that Kubernetes' clients ask for ({@code openapi.v2} of
 * gnostic). Each kind of part is a value that knows how to write itself; the tables below are the
 * members that our documents use, with gnostic's field numbers.
 */
final class SwaggerProtobuf {
  /** How one member is written under a field number. */
  @FunctionalInterface
  private interface Part {
    void write(ProtobufWriter out, int number, JsonNode value);
  }

  private record Member(int number, Part part) {}

  private static final Part TEXT = (out, number, value) -> out.text(number, value.asString());
  private static final Part FLAG = (out, number, value) -> out.flag(number, value.asBoolean());

  /** A value of any form goes as YAML, which JSON is. */
  private static final Part ANY =
      (out, number, value) ->
          out.message(
              number, any -> any.text(2, new String(Json.bytes(value), StandardCharsets.UTF_8)));

  private static final Part TEXTS = each(TEXT);

  private static final Part PROPERTIES = map(1, SwaggerProtobuf::schema);

  private static final Part SCHEMA =
      message(
          31,
          Map.ofEntries(
              Map.entry("$ref", new Member(1, TEXT)),
              Map.entry("format", new Member(2, TEXT)),
              Map.entry("description", new Member(4, TEXT)),
              Map.entry("required", new Member(19, TEXTS)),
              Map.entry("additionalProperties", new Member(21, in(1, SwaggerProtobuf::schema))),
              Map.entry("type", new Member(22, in(1, TEXT))),
              Map.entry("items", new Member(23, in(1, SwaggerProtobuf::schema))),
              Map.entry("properties", new Member(25, PROPERTIES))));

  private static final Part BODY =
      message(
          6,
          Map.of(
              "description", new Member(1, TEXT),
              "name", new Member(2, TEXT),
              "in", new Member(3, TEXT),
              "required", new Member(4, FLAG),
              "schema", new Member(5, SCHEMA)));

  private static final Part QUERY =
      message(
          23,
          Map.of(
              "required", new Member(1, FLAG),
              "in", new Member(2, TEXT),
              "description", new Member(3, TEXT),
              "name", new Member(4, TEXT),
              "type", new Member(6, TEXT),
              "uniqueItems", new Member(20, FLAG)));

  private static final Part PATH =
      message(
          22,
          Map.of(
              "required", new Member(1, FLAG),
              "in", new Member(2, TEXT),
              "description", new Member(3, TEXT),
              "name", new Member(4, TEXT),
              "type", new Member(5, TEXT),
              "uniqueItems", new Member(19, FLAG)));

  private static final Part PARAMETER =
      (out, number, value) ->
          (switch (value.path("in").asString()) {
                case "body" -> in(1, in(1, BODY));
                case "query" -> in(1, in(2, in(3, QUERY)));
                default -> in(1, in(2, in(4, PATH)));
              })
              .write(out, number, value);

  private static final Part RESPONSE =
      message(
          5,
          Map.of(
              "description", new Member(1, TEXT),
              "schema", new Member(2, in(1, SCHEMA))));

  private static final Part OPERATION =
      message(
          13,
          Map.of(
              "tags", new Member(1, TEXTS),
              "description", new Member(3, TEXT),
              "operationId", new Member(5, TEXT),
              "produces", new Member(6, TEXTS),
              "consumes", new Member(7, TEXTS),
              "parameters", new Member(8, each(PARAMETER)),
              "responses", new Member(9, map(1, in(1, RESPONSE))),
              "schemes", new Member(10, TEXTS)));

  private static final Part ITEM =
      message(
          10,
          Map.of(
              "get", new Member(2, OPERATION),
              "put", new Member(3, OPERATION),
              "post", new Member(4, OPERATION),
              "delete", new Member(5, OPERATION),
              "options", new Member(6, OPERATION),
              "head", new Member(7, OPERATION),
              "patch", new Member(8, OPERATION),
              "parameters", new Member(9, each(PARAMETER))));

  private static final Part INFO =
      message(7, Map.of("title", new Member(1, TEXT), "version", new Member(2, TEXT)));

  private static final Part SECURITY =
      message(
          5,
          Map.of(
              "type", new Member(1, TEXT),
              "name", new Member(2, TEXT),
              "in", new Member(3, TEXT),
              "description", new Member(4, TEXT)));

  private static final Map<String, Member> DOCUMENT =
      Map.of(
          "swagger", new Member(1, TEXT),
          "info", new Member(2, INFO),
          "paths", new Member(8, map(2, ITEM)),
          "definitions", new Member(9, PROPERTIES),
          "security", new Member(12, each(map(1, in(1, TEXTS)))),
          "securityDefinitions", new Member(13, map(1, in(2, SECURITY))));

  private SwaggerProtobuf() {}

  /**
   * The whole document.
   *
   * @throws IllegalArgumentException when a member has no place in the tables
   */
  static byte[] bytes(ObjectNode document) {
    ProtobufWriter out = new ProtobufWriter();
    members(out, 16, DOCUMENT, document);
    return out.bytes();
  }

  /** By name, because a schema holds schemas. */
  private static void schema(ProtobufWriter out, int number, JsonNode value) {
    SCHEMA.write(out, number, value);
  }

  private static Part message(int extensions, Map<String, Member> members) {
    return (out, number, value) ->
        out.message(number, inner -> members(inner, extensions, members, value));
  }

  private static void members(
      ProtobufWriter out, int extensions, Map<String, Member> members, JsonNode value) {
    value.forEachEntry(
        (name, part) -> {
          Member member = members.get(name);
          if (member != null) {
            member.part().write(out, member.number(), part);
          } else if (name.startsWith("x-")) {
            named(out, extensions, name, part, ANY);
          } else {
            throw new IllegalArgumentException("no field number is known for " + name);
          }
        });
  }

  private static void named(
      ProtobufWriter out, int number, String name, JsonNode value, Part part) {
    out.message(
        number,
        entry -> {
          entry.text(1, name);
          part.write(entry, 2, value);
        });
  }

  /** A message whose one field is a list of names with their values. */
  private static Part map(int field, Part part) {
    return (out, number, value) ->
        out.message(
            number,
            inner -> value.forEachEntry((name, entry) -> named(inner, field, name, entry, part)));
  }

  private static Part each(Part part) {
    return (out, number, value) -> value.forEach(entry -> part.write(out, number, entry));
  }

  /** A message that holds nothing but this one field. */
  private static Part in(int field, Part part) {
    return (out, number, value) -> out.message(number, inner -> part.write(inner, field, value));
  }
}
