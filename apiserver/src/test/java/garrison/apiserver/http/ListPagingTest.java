package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Lists, page by page, in every form (spec: api-server 8.2). */
class ListPagingTest {
  private static final String MAPS = "/api/v1/namespaces/w/configmaps";

  @TempDir private Path data;
  private TestServer server;

  /** Tokens and versions as recorded, with what this run has in their place. */
  private final Map<String, String> ours = new HashMap<>();

  @BeforeEach
  void start() {
    server = TestServer.start(data);
    server.namespace("w");
    for (int i = 0; i < 7; i++) {
      server.create(
          MAPS, "{\"metadata\": {\"name\": \"c%d\", \"labels\": {\"i\": \"%d\"}}}".formatted(i, i));
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Recorded translated(Recorded recorded) {
    String path = recorded.path();
    for (var entry : ours.entrySet()) {
      path = path.replace("=" + entry.getKey(), "=" + entry.getValue());
    }
    return recorded.at(path);
  }

  @Test
  void asRecorded() {
    for (Recorded recorded : Recorded.of("list-paging.json")) {
      Answered reply = translated(recorded).ask(server.admin());
      if (recorded.code() == 504) {
        assertThat(reply.code()).isEqualTo(504);
        assertThat(reply.header("Retry-After")).isEqualTo("1");
        assertThat(reply.json().path("details"))
            .isEqualTo(recorded.response().path("body").path("details"));
        continue;
      }
      JsonNode theirs = recorded.response().path("body").path("metadata");
      for (String member : new String[] {"continue", "resourceVersion"}) {
        String mine = reply.json().path("metadata").path(member).asString("");
        if (theirs.has(member) && !mine.isEmpty()) {
          ours.putIfAbsent(theirs.path(member).asString(), mine);
        }
      }
      recorded.compare(reply);
    }
  }

  @Test
  void itemsOfAPlainListDoNotRepeatWhatTheyAre() {
    JsonNode list = server.admin().get(MAPS).json();
    assertThat(list.path("items")).hasSize(7);
    assertThat(list.path("items").path(0).propertyNames()).doesNotContain("kind", "apiVersion");
  }

  @Test
  void prettyAndYamlListsHoldTheSame() {
    JsonNode plain = server.admin().get(MAPS).json();
    JsonNode pretty = server.admin().get(MAPS + "?pretty=true").json();
    assertThat(pretty).isEqualTo(plain);
    assertThat(server.admin().get(MAPS, "application/yaml").text())
        .contains("kind: ConfigMapList\n")
        .contains("    name: c6\n");
  }

  @Test
  void selectedCollectionIsDeletedAndShown() {
    Answered reply = server.admin().send("DELETE", MAPS + "?labelSelector=i+in+(1,2)", new byte[0]);
    assertThat(reply.code()).as(reply.text()).isEqualTo(200);
    assertThat(reply.json().path("items")).hasSize(2);
    assertThat(server.admin().get(MAPS).json().path("items")).hasSize(5);
  }
}
