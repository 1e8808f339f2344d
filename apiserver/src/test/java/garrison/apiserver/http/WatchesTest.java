package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.TestServer;
import garrison.apiserver.resource.Golden;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Watches over the wire: framing, where they start, how they end (spec: api-server 9). */
class WatchesTest {
  private static final String MAPS = "/api/v1/namespaces/w/configmaps";
  private static final String INITIAL_END = "k8s.io/initial-events-end";

  @TempDir private Path data;
  private TestServer server;

  /** Over HTTP/1.1, as the recordings were made. */
  private Caller caller;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
    server.namespace("w");
    caller = server.admin().http1();
  }

  @AfterEach
  void stop() {
    caller.close();
    server.close();
  }

  private void map(int i) {
    server.create(
        MAPS, "{\"metadata\": {\"name\": \"c%d\", \"labels\": {\"i\": \"%d\"}}}".formatted(i, i));
  }

  private String version() {
    return server.admin().get(MAPS).json().path("metadata").path("resourceVersion").asString();
  }

  private WatchLines open(Recorded recorded) {
    WatchLines watch =
        caller.watch(recorded.path(), recorded.request().path("accept").asString(""));
    assertThat(watch.code()).as(recorded.name()).isEqualTo(200);
    recorded
        .response()
        .path("headers")
        .properties()
        .forEach(
            header ->
                assertThat(watch.header(header.getKey())).isEqualTo(header.getValue().asString()));
    return watch;
  }

  /** A bookmark here tells only what clients read of it: the type and the metadata. */
  private static JsonNode reduced(JsonNode line) {
    ObjectNode object = (ObjectNode) line.path("object");
    if (line.path("type").asString().equals("BOOKMARK") && !object.has("rows")) {
      object.retain("kind", "apiVersion", "metadata");
      if (object.path("metadata").path("annotations") instanceof ObjectNode annotations) {
        annotations.retain(INITIAL_END);
      }
    }
    return line;
  }

  /** Compares what comes with what was recorded; between the two, nothing else may come. */
  private void follow(Recorded recorded, WatchLines watch, Runnable writes) {
    boolean initial = recorded.path().contains("sendInitialEvents=true");
    boolean written = false;
    for (JsonNode line : recorded.lines()) {
      boolean live = !List.of("ADDED", "BOOKMARK", "ERROR").contains(line.path("type").asString());
      if (live && !written) {
        writes.run();
        written = true;
      }
      if (initial
          && line.path("type").asString().equals("BOOKMARK")
          && !line.path("object").toString().contains(INITIAL_END)) {
        break; // One of those that come every minute.
      }
      JsonNode ours = watch.next();
      Golden.compare(reduced(line.deepCopy()), ours, "", recorded.name() + ": " + ours);
    }
    if (recorded.response().path("closedByServer").asBoolean(false)) {
      assertThat(watch.toEnd()).as(recorded.name()).isEmpty();
    }
  }

  @Test
  void basics() {
    for (int i = 1; i < 7; i++) {
      map(i);
    }
    for (Recorded recorded : Recorded.of("watch-basic.json")) {
      if (recorded.name().equals("non-numeric version")) {
        continue; // Ours is 400: RefusalsTest.
      }
      Recorded here =
          recorded.at(
              recorded
                  .path()
                  .replaceAll("resourceVersion=4\\d\\d", "resourceVersion=" + version()));
      if (recorded.code() != 200 || recorded.response().has("body")) {
        here.replay(caller);
        continue;
      }
      try (WatchLines watch = open(here)) {
        JsonNode text = recorded.response().path("text");
        if (text.isString()) {
          // Byte for byte, but for what differs from run to run.
          String line =
              text.stringValue().strip().replaceAll(",\"managedFields\":\\[.*?\\}\\}\\}\\]", "");
          assertThat(
                  watch
                      .nextLine()
                      .replaceAll("\"uid\":\"[^\"]*\"", "\"uid\":\"<uid>\"")
                      .replaceAll("(resourceVersion\":\")\\d+", "$1427")
                      .replaceAll("(creationTimestamp\":\")[^\"]*", "$1<time>"))
              .isEqualTo(line);
        }
        follow(
            recorded,
            watch,
            () -> {
              server.change(MAPS + "/c1", "{\"data\": {\"a\": \"1\"}}");
              server.remove(MAPS + "/c6");
            });
      }
    }
  }

  @Test
  void initialEvents() {
    for (int i = 1; i < 6; i++) {
      map(i);
    }
    server.change(MAPS + "/c1", "{\"data\": {\"a\": \"1\"}}");
    for (Recorded recorded : Recorded.of("watch-initial-events.json")) {
      if (recorded.code() != 200) {
        recorded.replay(caller);
        continue;
      }
      if (recorded.path().contains("99999999")) {
        try (WatchLines watch = open(recorded)) {
          List<JsonNode> lines = watch.toEnd();
          assertThat(lines).hasSize(1);
          ObjectNode status = (ObjectNode) recorded.lines().getFirst().path("object");
          assertThat(lines.getFirst().path("type").asString()).isEqualTo("ERROR");
          assertThat(lines.getFirst().path("object").path("details"))
              .isEqualTo(status.path("details"));
        }
        continue;
      }
      try (WatchLines watch = open(recorded)) {
        follow(
            recorded,
            watch,
            () -> server.change(MAPS + "/c1", "{\"data\": {\"a\": \"1795575024.9958723\"}}"));
      }
    }
  }

  @Test
  void versionsThatAreForgotten() {
    map(1);
    String old = version();
    map(2);
    map(3);
    server.store().compact(server.store().revision());
    server.restart(); // A server that runs keeps what it saw itself for a while longer.
    caller = server.admin().http1();
    for (Recorded recorded : Recorded.of("status-410.json")) {
      if (!recorded.path().contains("watch=true")) {
        continue;
      }
      Recorded here =
          recorded.at(recorded.path().replaceAll("resourceVersion=\\d+", "resourceVersion=" + old));
      try (WatchLines watch = open(here)) {
        JsonNode event = watch.toEnd().getFirst();
        JsonNode theirs = recorded.response().path("body");
        assertThat(event.path("type")).isEqualTo(theirs.path("type"));
        if (event.path("type").asString().equals("ERROR")) {
          assertThat(event.path("object").path("code").asInt()).isEqualTo(410);
          assertThat(event.path("object").path("reason").asString()).isEqualTo("Expired");
          assertThat(event.path("object").path("message").asString())
              .matches("too old resource version: " + old + " \\(\\d+\\)");
        }
      }
    }
  }

  @Test
  void streamTypeIsAnsweredWhereItIsAskedFor() {
    try (WatchLines watch = caller.watch(MAPS + "?watch=1", "application/json;stream=watch")) {
      assertThat(watch.header("Content-Type")).isEqualTo("application/json;stream=watch");
    }
  }

  @Test
  void headersComeBeforeTheFirstEvent() {
    try (WatchLines watch = caller.watch(MAPS + "?watch=1", "")) {
      assertThat(watch.code()).isEqualTo(200);
      map(1);
      assertThat(watch.next().path("object").path("metadata").path("name").asString())
          .isEqualTo("c1");
    }
  }

  @Test
  void everyClientThatLeavesTakesItsWatchAlong() {
    WatchLines first = caller.watch(MAPS + "?watch=1", "");
    WatchLines second = server.admin().watch(MAPS + "?watch=1", "");
    assertThat(first.code()).isEqualTo(second.code());
    await().untilAsserted(() -> assertThat(server.watchesOfConfigMaps()).isEqualTo(2));
    first.close();
    second.close();
    await().untilAsserted(() -> assertThat(server.watchesOfConfigMaps()).isZero());
  }

  @Test
  void watchesEndWithTheServer() {
    try (WatchLines one = caller.watch(MAPS + "?watch=1", "");
        WatchLines two = server.admin().watch(MAPS + "?watch=1", "")) {
      server.api().close();
      one.awaitEnd();
      two.awaitEnd();
    }
  }
}
