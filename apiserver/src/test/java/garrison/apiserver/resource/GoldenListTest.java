package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Lists and their pages answer as the real server does (spec: api-server 8.2). */
class GoldenListTest {
  private static final String MAPS = "/api/v1/namespaces/w/configmaps";

  private final TestApi api = TestApi.start();

  /** Tokens and versions as recorded, with what this run has in their place. */
  private final Map<String, String> ours = new HashMap<>();

  @BeforeEach
  void objects() {
    api.namespace("w");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void labelled(int i) {
    api.post(
        MAPS,
        Json.parse(
            "{\"metadata\": {\"name\": \"c%d\", \"labels\": {\"i\": \"%d\"}}}".formatted(i, i)));
  }

  private ApiDriver.Reply send(Golden.Case recorded) {
    String path = recorded.path();
    for (var entry : ours.entrySet()) {
      path = path.replace("=" + entry.getKey(), "=" + entry.getValue());
    }
    ApiDriver.Reply reply =
        api.send(
            new Golden.Case(
                recorded.name(),
                recorded.method(),
                path,
                recorded.contentType(),
                recorded.request(),
                recorded.code(),
                recorded.answer()));
    for (String member : new String[] {"continue", "resourceVersion"}) {
      JsonNode theirs = recorded.answer().path("metadata").path(member);
      JsonNode mine = reply.body().path("metadata").path(member);
      if (theirs.isString() && mine.isString()) {
        ours.putIfAbsent(theirs.stringValue(), mine.stringValue());
      }
    }
    return reply;
  }

  @Test
  void pages() {
    for (int i = 0; i < 7; i++) {
      labelled(i);
    }
    for (Golden.Case recorded : Golden.cases("list-paging.json")) {
      boolean ofHttp =
          recorded.name().startsWith("sendInitialEvents")
              || recorded.name().startsWith("PartialObjectMetadata");
      // Waiting for the future is tested once, below.
      if (!ofHttp && recorded.code() != 504) {
        Golden.compare(recorded, send(recorded));
      }
    }
  }

  @Test
  void versionOfTheFutureTimesOut() {
    JsonNode recorded =
        Golden.cases("list-paging.json").stream()
            .filter(entry -> entry.name().startsWith("version in the future"))
            .findFirst()
            .orElseThrow()
            .answer();
    JsonNode status = api.get(MAPS + "?resourceVersion=99999999");
    assertThat(status.path("message").asString())
        .startsWith("Timeout: Too large resource version: 99999999, current: ");
    assertThat(status.path("details")).isEqualTo(recorded.path("details"));
    assertThat(status.path("code").asInt()).isEqualTo(504);
  }

  @Test
  void forgottenVersions() {
    for (int i = 1; i < 8; i++) {
      labelled(i);
    }
    String first = api.get(MAPS + "?limit=2").path("metadata").path("continue").asString();
    String version = api.get(MAPS).path("metadata").path("resourceVersion").asString();
    api.post(MAPS, Requests.configMap("d1"));
    api.forgetHistory();
    for (Golden.Case recorded : Golden.cases("status-410.json")) {
      if (recorded.path().contains("watch=true")) {
        continue;
      }
      ours.put("772", version);
      String token = recorded.path().replaceAll(".*continue=([^&]*).*|.*", "$1");
      if (!token.isEmpty() && recorded.code() == 410) {
        ours.put(token, first);
      }
      ApiDriver.Reply reply = send(recorded);
      if (recorded.code() == 410) {
        Golden.compare(recorded, reply);
      } else {
        assertThat(reply.code()).isEqualTo(200);
        assertThat(reply.body().path("items")).isNotEmpty();
      }
    }
  }

  @Test
  void expiredTokenGoesOnBehindTheSameKey() {
    for (int i = 1; i < 8; i++) {
      labelled(i);
    }
    String first = api.get(MAPS + "?limit=2").path("metadata").path("continue").asString();
    api.delete(MAPS + "/c5", "{}");
    api.forgetHistory();
    JsonNode expired = api.get(MAPS + "?limit=2&continue=" + first);
    assertThat(expired.path("code").asInt()).isEqualTo(410);
    String token = expired.path("metadata").path("continue").asString();
    JsonNode page = api.get(MAPS + "?limit=3&continue=" + token);
    assertThat(page.path("items").findValuesAsString("name")).containsExactly("c3", "c4", "c6");
  }

  @Test
  void everyPageShowsTheFirstPagesVersion() {
    for (int i = 1; i < 8; i++) {
      labelled(i);
    }
    JsonNode page = api.get(MAPS + "?limit=3");
    api.delete(MAPS + "/c5", "{}");
    labelled(9);
    String token = page.path("metadata").path("continue").asString();
    JsonNode rest = api.get(MAPS + "?limit=10&continue=" + token);
    assertThat(rest.path("items").findValuesAsString("name"))
        .containsExactly("c4", "c5", "c6", "c7");
    assertThat(rest.path("metadata").path("resourceVersion"))
        .isEqualTo(page.path("metadata").path("resourceVersion"));
  }

  @Test
  void foreignTokenIsRefused() {
    assertThat(api.get(MAPS + "?continue=xx").path("message").asString())
        .startsWith("invalid continue token: continue key is not valid: ");
  }
}
