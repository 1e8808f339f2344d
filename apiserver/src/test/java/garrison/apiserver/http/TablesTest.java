package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TestServer;
import garrison.apiserver.resource.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Objects as tables, at once and while they change (spec: api-server 7). */
class TablesTest {
  private static final String TABLE =
      "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

  @TempDir private Path data;
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shapes() {
    server.create(
        "/api/v1/namespaces/default/configmaps",
        """
        {"metadata": {"name": "c1"}, "data": {"a": "b"}, "binaryData": {"b": "eA=="}}
        """);
    for (Recorded recorded : Recorded.of("table-shape.json")) {
      recorded.replay(server.admin());
    }
  }

  @Test
  void columnsHaveDescriptions() {
    JsonNode columns =
        server
            .admin()
            .get("/api/v1/namespaces/default/configmaps", TABLE)
            .json()
            .path("columnDefinitions");
    assertThat(columns).isNotEmpty();
    columns.forEach(column -> assertThat(column.path("description").asString()).isNotBlank());
  }

  @Test
  void watches() {
    server.namespace("w");
    String map = "/api/v1/namespaces/w/configmaps/c1";
    server.create(
        "/api/v1/namespaces/w/configmaps",
        """
        {"metadata": {"name": "c1", "labels": {"i": "1"}}, "data": {"a": "1"}}
        """);
    for (Recorded recorded : Recorded.of("watch-table.json")) {
      try (WatchLines watch = server.admin().watch(recorded.path(), TABLE)) {
        assertThat(watch.header("Content-Type")).isEqualTo("application/json");
        for (JsonNode line : recorded.lines()) {
          if (line.path("type").asString().equals("MODIFIED")) {
            server.change(map, "{\"data\": {\"b\": \"2\"}}");
          }
          JsonNode ours = watch.next();
          Golden.compare(line, ours, "", recorded.name() + ": " + ours);
        }
      }
    }
  }

  @Test
  void whatIsNoTableIsRefusedBeforeTheWatchStarts() {
    try (WatchLines watch =
        server.admin().watch("/api/v1/pods?watch=true&includeObject=Foo", TABLE)) {
      assertThat(watch.code()).isEqualTo(400);
    }
  }
}
