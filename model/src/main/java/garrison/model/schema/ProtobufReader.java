package garrison.model.schema;

import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the protobuf bodies that kubectl sends (spec: api-server 5.3), by the field numbers of the
 * tables. What it answers is the document that the JSON body would have been; {@link TypedReader}
 * does the rest.
 */
public final class ProtobufReader {
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Of the years that have four digits: more cannot be written as text. */
  private static final long FIRST_SECOND = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();

  private static final long LAST_SECOND = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

  private ProtobufReader() {}

  /**
   * The document in an envelope, kind and apiVersion included.
   *
   * @param struct of the document, null where the tables have none
   * @throws DecodeException where it is no such message
   */
  public static Source read(byte[] body, @Nullable String struct) {
    if (body.length < MAGIC.length || !Arrays.equals(body, 0, 4, MAGIC, 0, 4)) {
      throw new DecodeException("provided data does not appear to be a protobuf message");
    }
    if (struct == null) {
      throw new DecodeException("this kind is taken as JSON or YAML only");
    }
    ObjectNode document = Json.object();
    Wire envelope = new Wire(body, MAGIC.length, body.length);
    Wire raw = new Wire(body, body.length, body.length);
    while (envelope.next()) {
      switch (envelope.number()) {
        case 1 -> typeMeta(envelope.message(), document);
        case 2 -> raw = envelope.message();
        default -> envelope.skip();
      }
    }
    fields(Schema.struct(struct), 0, raw, document);
    return Source.of(document);
  }

  private static void typeMeta(Wire wire, ObjectNode document) {
    while (wire.next()) {
      switch (wire.number()) {
        case 1 -> document.put("apiVersion", wire.text());
        case 2 -> document.put("kind", wire.text());
        default -> wire.skip();
      }
    }
  }

  /** Reads one message; {@code via} is the field in which an embedded part of the struct lies. */
  private static void fields(Struct struct, int via, Wire wire, ObjectNode target) {
    while (wire.next()) {
      int number = wire.number();
      Field field = null;
      boolean embedded = false;
      for (Field candidate : struct.fields()) {
        if (!candidate.envelope() && candidate.via() == via && candidate.number() == number) {
          field = candidate;
        }
        embedded |= via == 0 && candidate.via() == number;
      }
      if (field != null) {
        member(field, wire, target);
      } else if (embedded) {
        fields(struct, number, wire.message(), target);
      } else {
        wire.skip();
      }
    }
  }

  private static void member(Field field, Wire wire, ObjectNode target) {
    switch (field.type()) {
      case Type.ListOf list -> {
        ArrayNode items =
            target.get(field.name()) instanceof ArrayNode present
                ? present
                : target.putArray(field.name());
        if (wire.packed(list.element())) {
          Wire packed = wire.message();
          while (packed.more()) {
            items.add(packed.varint());
          }
        } else {
          items.add(value(list.element(), wire));
        }
      }
      case Type.MapOf map -> {
        ObjectNode members =
            target.get(field.name()) instanceof ObjectNode present
                ? present
                : target.putObject(field.name());
        entry(map.value(), wire.message(), members);
      }
      default -> target.set(field.name(), value(field.type(), wire));
    }
  }

  private static void entry(Type type, Wire wire, ObjectNode members) {
    String key = "";
    JsonNode value = null;
    while (wire.next()) {
      switch (wire.number()) {
        case 1 -> key = wire.text();
        case 2 -> value = value(type, wire);
        default -> wire.skip();
      }
    }
    members.set(key, value == null ? NODES.nullNode() : value);
  }

  private static JsonNode value(Type type, Wire wire) {
    return switch (type) {
      case Type.Ref ref -> {
        ObjectNode nested = Json.object();
        fields(Schema.struct(ref.struct()), 0, wire.message(), nested);
        yield nested;
      }
      case Type.ListOf list -> {
        // The value of a map, wrapped in a message of its own.
        ArrayNode items = NODES.arrayNode();
        Wire wrapped = wire.message();
        while (wrapped.next()) {
          items.add(value(list.element(), wrapped));
        }
        yield items;
      }
      case Type.MapOf map -> throw new DecodeException("maps of maps are not in the tables");
      case Type.Scalar scalar -> scalar(scalar, wire);
    };
  }

  private static JsonNode scalar(Type.Scalar scalar, Wire wire) {
    return switch (scalar) {
      case STRING -> NODES.stringNode(wire.text());
      case BOOL -> NODES.booleanNode(wire.varint() != 0);
      case INT32 -> NODES.numberNode((int) wire.varint());
      case INT64 -> NODES.numberNode(wire.varint());
      case BYTES -> NODES.stringNode(Base64.getEncoder().encodeToString(wire.bytes()));
      case QUANTITY -> NODES.stringNode(part(wire.message(), 1));
      case INT_OR_STRING -> intOrString(wire.message());
      case TIME -> time(wire.message(), false);
      case MICRO_TIME -> time(wire.message(), true);
      case ANY -> any(wire.message());
    };
  }

  /** The text in one field of a message. */
  private static String part(Wire wire, int number) {
    String text = "";
    while (wire.next()) {
      if (wire.number() == number) {
        text = wire.text();
      } else {
        wire.skip();
      }
    }
    return text;
  }

  private static JsonNode intOrString(Wire wire) {
    boolean isText = false;
    int number = 0;
    String text = "";
    while (wire.next()) {
      switch (wire.number()) {
        case 1 -> isText = wire.varint() != 0;
        case 2 -> number = (int) wire.varint();
        case 3 -> text = wire.text();
        default -> wire.skip();
      }
    }
    return isText ? NODES.stringNode(text) : NODES.numberNode(number);
  }

  private static JsonNode time(Wire wire, boolean micros) {
    long seconds = 0;
    long nanos = 0;
    while (wire.next()) {
      switch (wire.number()) {
        case 1 -> seconds = wire.varint();
        case 2 -> nanos = wire.varint();
        default -> wire.skip();
      }
    }
    if (seconds == 0 && nanos == 0) {
      return NODES.nullNode();
    }
    if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos >= 1_000_000_000) {
      throw new DecodeException("Time.MarshalJSON: year outside of range [0,9999]");
    }
    Instant instant = Instant.ofEpochSecond(seconds, nanos);
    return NODES.stringNode(micros ? Timestamps.micros(instant) : Timestamps.seconds(instant));
  }

  private static JsonNode any(Wire wire) {
    byte[] raw = {};
    while (wire.next()) {
      if (wire.number() == 1) {
        raw = wire.bytes();
      } else {
        wire.skip();
      }
    }
    return raw.length == 0 ? NODES.nullNode() : Source.parse(raw).root();
  }

  /** A cursor over one message. */
  private static final class Wire {
    private final byte[] data;
    private final int end;
    private int at;
    private int tag;

    Wire(byte[] data, int from, int end) {
      this.data = data;
      this.at = from;
      this.end = end;
    }

    boolean more() {
      return at < end;
    }

    /** Reads the next tag; false at the end of the message. */
    boolean next() {
      if (!more()) {
        return false;
      }
      tag = (int) varint();
      return true;
    }

    int number() {
      return tag >>> 3;
    }

    /** Whether a list of numbers comes in one piece. */
    boolean packed(Type element) {
      return (tag & 7) == 2
          && (element == Type.Scalar.INT32
              || element == Type.Scalar.INT64
              || element == Type.Scalar.BOOL);
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= end) {
          throw truncated();
        }
        byte next = data[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new DecodeException("proto: integer overflow");
    }

    private int length() {
      long length = varint();
      if ((tag & 7) != 2) {
        throw new DecodeException("proto: wrong wireType = " + (tag & 7));
      }
      if (length < 0 || length > end - at) {
        throw truncated();
      }
      return (int) length;
    }

    Wire message() {
      int length = length();
      Wire message = new Wire(data, at, at + length);
      at += length;
      return message;
    }

    byte[] bytes() {
      int length = length();
      byte[] bytes = Arrays.copyOfRange(data, at, at + length);
      at += length;
      return bytes;
    }

    String text() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    void skip() {
      int size =
          switch (tag & 7) {
            case 0 -> {
              varint();
              yield 0;
            }
            case 1 -> 8;
            case 2 -> length();
            case 5 -> 4;
            default -> throw new DecodeException("proto: illegal wireType " + (tag & 7));
          };
      if (size > end - at) {
        throw truncated();
      }
      at += size;
    }

    private static DecodeException truncated() {
      return new DecodeException("unexpected EOF");
    }
  }
}
