package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The recorded answers of a real API server, and how ours are compared with them. */
public final class Golden {
  /** Members whose values differ from run to run. */
  private static final Set<String> INCIDENTAL = Set.of("resourceVersion", "continue", "generation");

  record Case(
      String name,
      String method,
      String path,
      String contentType,
      JsonNode request,
      int code,
      JsonNode answer) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Golden() {}

  /** A file or folder beside the checkout; its absence skips the test. */
  public static Path shared(String name) {
    Path file = SharedFiles.path(name);
    assumeTrue(Files.isReadable(file), "the recorded answers are not here");
    return file;
  }

  /** The file of recorded answers. */
  public static JsonNode file(String name) {
    try {
      return Json.parse(Files.readAllBytes(shared("spec/golden/" + name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its cases. */
  static List<Case> cases(String name) {
    List<Case> cases = new ArrayList<>();
    for (JsonNode entry : file(name).path("cases")) {
      JsonNode request = entry.path("request");
      cases.add(
          new Case(
              entry.path("case").asString(),
              request.path("method").asString(),
              request.path("path").asString(),
              request.path("contentType").asString(""),
              request.path("body"),
              entry.path("response").path("code").asInt(),
              entry.path("response").path("body")));
    }
    return cases;
  }

  /**
   * Compares an answer with the recorded one. A Status must be the same as a whole; of an object,
   * what was recorded must be there, as recordings are cut to what matters.
   */
  static void compare(Case recorded, ApiDriver.Reply reply) {
    String where = recorded.name() + ": " + reply.body();
    assertThat(reply.code()).as(where).isEqualTo(recorded.code());
    compare(recorded.answer(), reply.body(), "", where);
  }

  /** The same for documents; {@code at} is the path of the part, {@code where} tells the case. */
  public static void compare(JsonNode recorded, JsonNode ours, String at, String where) {
    switch (recorded.getNodeType()) {
      case OBJECT -> {
        for (var member : ((ObjectNode) recorded).properties()) {
          compare(member, ours, at, where);
        }
        if (recorded.path("kind").asString("").equals("Status")) {
          assertThat(names(ours)).as(where).containsExactlyInAnyOrderElementsOf(names(recorded));
          assertThat(names(ours.path("details")))
              .as(where)
              .containsExactlyInAnyOrderElementsOf(names(recorded.path("details")));
        }
      }
      case ARRAY -> {
        boolean cut = recorded.path(recorded.size() - 1).asString("").startsWith("... ");
        if (!cut) {
          assertThat(ours.size()).as(where + at).isEqualTo(recorded.size());
        }
        for (int i = 0; i < recorded.size() - (cut ? 1 : 0); i++) {
          compare(recorded.get(i), ours.path(i), at + "[" + i + "]", where);
        }
      }
      case STRING -> compareText(recorded.stringValue(), ours, at, where);
      case NUMBER -> assertThat(ours.asLong()).as(where + at).isEqualTo(recorded.asLong());
      default -> assertThat(ours).as(where + at).isEqualTo(recorded);
    }
  }

  private static List<String> names(JsonNode object) {
    return List.copyOf(object.propertyNames());
  }

  private static void compare(
      Map.Entry<String, JsonNode> member, JsonNode ours, String at, String where) {
    String path = at + "." + member.getKey();
    if (member.getKey().equals("managedFields")) {
      return;
    }
    if (INCIDENTAL.contains(member.getKey())) {
      assertThat(ours.has(member.getKey())).as(where + path).isTrue();
      return;
    }
    if (member.getValue().isNull() && !ours.has(member.getKey())) {
      return;
    }
    assertThat(ours.has(member.getKey())).as(where + " has " + path).isTrue();
    compare(member.getValue(), ours.path(member.getKey()), path, where);
  }

  private static void compareText(String recorded, JsonNode ours, String at, String where) {
    if (ours.isObject()) {
      // Items of which only the names were recorded.
      assertThat(Documents.name(ours)).as(where + at).isEqualTo(recorded);
    } else if (!ours.isString()) {
      fail(where + at + " is no text");
    } else if (recorded.contains("<uid>")) {
      String[] around = recorded.split("<uid>", -1);
      assertThat(ours.stringValue()).as(where + at).startsWith(around[0]).endsWith(around[1]);
    } else if (recorded.matches("(kube-api-access|gen)-.{5}")) {
      int stem = recorded.length() - 5;
      assertThat(ours.stringValue()).as(where + at).startsWith(recorded.substring(0, stem));
    } else if (recorded.equals("<age>")) {
      assertThat(ours.stringValue()).as(where + at).matches("\\d+s");
    } else if (recorded.equals("<time>")) {
      assertThat(ours.stringValue()).as(where + at).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    } else {
      assertThat(ours.stringValue()).as(where + at).isEqualTo(recorded);
    }
  }
}
