package garrison.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies in protobuf (spec: api-server 5.3). */
class ProtobufReaderTest {
  private static ObjectNode read(byte[] body, String struct) {
    Source source = ProtobufReader.read(body, struct);
    TypedReader reader = new TypedReader(source);
    ObjectNode document = reader.read(Schema.struct(struct), (ObjectNode) source.root());
    assertThat(reader.problems()).isEmpty();
    return document;
  }

  /** A message of a struct in its envelope. */
  private static byte[] envelope(byte[] raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {'k', '8', 's', 0});
    out.writeBytes(bytes(1, message(text(1, "v1"), text(2, "Pod"))));
    out.writeBytes(bytes(2, raw));
    return out.toByteArray();
  }

  private static byte[] message(byte[]... fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      out.writeBytes(field);
    }
    return out.toByteArray();
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] number(int field, long value) {
    return message(varint(field << 3), varint(value));
  }

  private static byte[] bytes(int field, byte[] value) {
    return message(varint(field << 3 | 2), varint(value.length), value);
  }

  private static byte[] text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatKubectlSentIsReadAsTheServerRead() {
    assumeTrue(SharedFiles.present());
    JsonNode cases = SharedFiles.json("spec/golden/protobuf-requests.json").path("cases");
    int compared = 0;
    for (JsonNode row : cases) {
      JsonNode envelope = row.path("envelope");
      String apiVersion = envelope.path("apiVersion").asString();
      String name = envelope.path("kind").asString();
      String encoded = row.path("request").path("bodyBase64").asString("");
      if (encoded.isEmpty()) {
        continue;
      }
      byte[] body = Base64.getDecoder().decode(encoded);
      ObjectNode document = read(body, struct(apiVersion, name));
      assertThat(document.path("kind").asString()).isEqualTo(name);
      assertThat(document.path("apiVersion").asString()).isEqualTo(apiVersion);
      JsonNode answer = row.path("answerToTheSameBodyWithDryRun").path("body");
      // That review is answered with an empty spec, whatever was asked.
      boolean shown = !name.equals("SelfSubjectRulesReview");
      if (shown && answer.path("kind").asString("").equals(name)) {
        assertContained(name, document, answer);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(8);
  }

  private static String struct(String apiVersion, String name) {
    Kind kind = Kinds.byKind(apiVersion, name);
    if (kind != null && kind.struct() != null) {
      return kind.struct();
    }
    String group = apiVersion.contains("/") ? apiVersion.replaceFirst("[./].*", "") : "core";
    String struct = group + ".v1." + name;
    return Schema.find(struct) == null ? "meta.v1." + name : struct;
  }

  /** What was sent is in the answer; defaults and what the server adds come on top. */
  private static void assertContained(String at, JsonNode sent, JsonNode answer) {
    if (sent.isObject()) {
      sent.forEachEntry(
          (name, value) -> {
            // The recordings keep no descriptions.
            if (!name.equals("status") && !name.equals("description") && !isNothing(value)) {
              assertContained(at + "." + name, value, answer.path(name));
            }
          });
    } else if (sent.isArray()) {
      assertThat(answer.size()).as(at).isGreaterThanOrEqualTo(sent.size());
      for (int i = 0; i < sent.size(); i++) {
        assertContained(at + "[" + i + "]", sent.path(i), answer.path(i));
      }
    } else {
      assertThat(answer).as(at).isEqualTo(sent);
    }
  }

  private static boolean isNothing(JsonNode value) {
    return value.isNull()
        || value.isString() && value.stringValue().isEmpty()
        || value.isContainer() && value.valueStream().allMatch(ProtobufReaderTest::isNothing);
  }

  @Test
  void everyFormOfValueIsRead() {
    byte[] port = message(number(1, 0), number(2, 8080), text(3, ""));
    byte[] get = message(text(1, "/healthz"), bytes(2, port));
    byte[] probe = message(bytes(1, message(bytes(2, get))), number(2, 5));
    byte[] limit = message(text(1, "memory"), bytes(2, text(1, "1024Mi")));
    byte[] security = message(number(2, 1), number(4, -1));
    byte[] container =
        message(
            text(1, "c"),
            text(3, "sh"),
            text(3, "-c"),
            bytes(8, bytes(1, limit)),
            bytes(10, probe),
            bytes(15, security));
    byte[] volume = message(text(1, "v"), bytes(2, bytes(1, text(1, "/var/log"))));
    byte[] groups = message(varint(1), varint(300));
    byte[] spec = message(bytes(1, volume), bytes(2, container), bytes(14, bytes(4, groups)));
    byte[] created = message(number(1, 1_767_225_600), number(2, 5));
    byte[] metadata =
        message(
            text(1, "p"),
            bytes(8, created),
            bytes(11, message(text(1, "b"), text(2, "2"))),
            bytes(11, message(text(1, "a"), text(2, "1"))));
    byte[] unknown = message(number(99, 7), varint(100 << 3 | 1), new byte[8]);
    ObjectNode pod =
        read(envelope(message(bytes(1, metadata), bytes(2, spec), unknown)), "core.v1.Pod");

    ObjectNode expected =
        (ObjectNode)
            Json.parse(
                """
                {"kind": "Pod", "apiVersion": "v1",
                 "metadata": {"name": "p", "creationTimestamp": "2026-01-01T00:00:00Z",
                              "labels": {"a": "1", "b": "2"}},
                 "spec": {"volumes": [{"name": "v", "hostPath": {"path": "/var/log"}}],
                          "containers": [{"name": "c", "command": ["sh", "-c"],
                             "resources": {"limits": {"memory": "1Gi"}},
                             "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080},
                                               "initialDelaySeconds": 5},
                             "securityContext": {"privileged": true, "runAsUser": -1}}],
                          "securityContext": {"supplementalGroups": [1, 300]}},
                 "status": {}}
                """);
    security(pod).put("runAsUser", security(pod).path("runAsUser").asInt());
    assertThat(pod.toString()).isEqualTo(expected.toString());
  }

  private static ObjectNode security(ObjectNode pod) {
    return (ObjectNode) pod.at("/spec/containers/0/securityContext");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
      7b7d,                     provided data does not appear to be a protobuf message
      6b387300 0a05 0a,         unexpected EOF
      6b387300 12ff,            unexpected EOF
      6b387300 1f,              proto: illegal wireType 7
      6b387300 1202 0a05,       unexpected EOF
      6b387300 0801,            proto: wrong wireType = 0
      6b387300 18ffffffffffffffffffff01, proto: integer overflow
      """)
  void damagedMessagesAreRefused(String hex, String why) {
    byte[] body = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertThatThrownBy(() -> ProtobufReader.read(body, "core.v1.Pod"))
        .isInstanceOf(DecodeException.class)
        .hasMessage(why);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, 253_402_300_800L})
  void timesWithoutAYearOfFourDigitsAreRefused(long seconds) {
    byte[] metadata = bytes(8, number(1, seconds));
    byte[] body = envelope(bytes(1, metadata));
    assertThatThrownBy(() -> ProtobufReader.read(body, "core.v1.Pod"))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("year outside of range");
  }

  /** Whatever is cut off or changed: a document or a refusal, and nothing else. */
  @Test
  void noDamageBreaksTheReader() {
    assumeTrue(SharedFiles.present());
    JsonNode first =
        SharedFiles.json("spec/golden/protobuf-requests.json")
            .path("cases")
            .path(1)
            .path("request");
    byte[] body = Base64.getDecoder().decode(first.path("bodyBase64").asString());
    for (int at = 4; at < body.length; at++) {
      attempt(Arrays.copyOf(body, at));
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = body.clone();
        changed[at] ^= (byte) (1 << bit);
        attempt(changed);
      }
    }
  }

  private static void attempt(byte[] body) {
    try {
      ProtobufReader.read(body, "core.v1.ConfigMap");
    } catch (DecodeException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }
}
