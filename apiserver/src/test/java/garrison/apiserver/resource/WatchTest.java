package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.watch.Event;
import garrison.apiserver.watch.WatchStream;
import garrison.client.WatchEvent;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a watch sees, and where it may start (spec: api-server 9). */
class WatchTest {
  private static final String MAPS = "/api/v1/namespaces/w/configmaps";
  private static final String PODS = "/api/v1/namespaces/w/pods";

  private final TestApi api = TestApi.start();

  @BeforeEach
  void namespace() {
    api.namespace("w");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private static WatchRequest from(String version) {
    return new WatchRequest("", "", version, "", null, true);
  }

  private static WatchRequest labels(String selector, String version) {
    return new WatchRequest(selector, "", version, "", null, true);
  }

  private static WatchRequest initial(@Nullable Boolean sendInitialEvents, String version) {
    return new WatchRequest("", "", version, "NotOlderThan", sendInitialEvents, true);
  }

  private String version() {
    return Long.toString(api.resources.revision());
  }

  /** Takes that many events; each is there at once, as all writes were acknowledged. */
  private static List<Event> take(WatchStream watch, int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Event event = watch.poll();
      assertThat(event).as("event %d after %s", i, events).isNotNull();
      events.add(event);
    }
    assertThat(watch.poll()).as("after %s", events).isNull();
    return events;
  }

  private static List<String> summary(List<Event> events) {
    return events.stream()
        .map(event -> event.type() + " " + event.object().path("metadata").path("name").asString())
        .toList();
  }

  private void create(String name, String label) {
    api.post(
        MAPS,
        Json.parse(
            "{\"metadata\": {\"name\": \"%s\", \"labels\": {\"i\": \"%s\"}}}"
                .formatted(name, label)));
  }

  private static List<JsonNode> recorded(String file, String start) {
    for (JsonNode entry : Golden.file(file).path("cases")) {
      if (entry.path("case").asString().startsWith(start)) {
        List<JsonNode> lines = new ArrayList<>();
        entry.path("response").path("lines").forEach(lines::add);
        return lines;
      }
    }
    throw new AssertionError(start);
  }

  private static void compare(List<JsonNode> recorded, WatchStream watch) {
    List<Event> events = take(watch, recorded.size());
    long last = 0;
    for (int i = 0; i < events.size(); i++) {
      JsonNode line = Json.parse(events.get(i).line());
      Golden.compare(recorded.get(i), line, "", line.toString());
      long version = line.path("object").path("metadata").path("resourceVersion").asLong();
      assertThat(version).isGreaterThan(last);
      last = version;
    }
  }

  @Test
  void objectsEnterAndLeaveASelector() {
    create("c0", "0");
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", labels("i=0", version()));
    api.patch(MAPS + "/c0", "{\"data\": {\"a\": \"1\"}}");
    api.patch(MAPS + "/c0", "{\"metadata\": {\"labels\": {\"i\": \"9\"}}}");
    api.patch(MAPS + "/c0", "{\"data\": {\"a\": \"2\"}}");
    api.patch(MAPS + "/c0", "{\"metadata\": {\"labels\": {\"i\": \"0\"}}}");
    api.delete(MAPS + "/c0", "{}");
    compare(recorded("watch-transitions.json", "selector i=0"), watch);
  }

  @Test
  void replayShowsTheSameTransitions() {
    create("c0", "0");
    String before = version();
    api.patch(MAPS + "/c0", "{\"data\": {\"a\": \"1\"}}");
    api.patch(MAPS + "/c0", "{\"metadata\": {\"labels\": {\"i\": \"9\"}}}");
    api.patch(MAPS + "/c0", "{\"data\": {\"a\": \"2\"}}");
    api.patch(MAPS + "/c0", "{\"metadata\": {\"labels\": {\"i\": \"0\"}}}");
    api.delete(MAPS + "/c0", "{}");
    compare(
        recorded("watch-transitions.json", "selector i=0"),
        api.resources.watch(Kinds.CONFIG_MAP, "w", labels("i=0", before)));
  }

  @Test
  void boundPodGoesInThreeEvents() {
    api.post(PODS, Requests.pod("wp"));
    api.bind("w", "wp", "n1");
    WatchStream watch = api.resources.watch(Kinds.POD, "w", from(version()));
    api.delete(PODS + "/wp", "{}");
    api.delete(PODS + "/wp", "{\"gracePeriodSeconds\": 0}");
    assertThat(summary(take(watch, 3))).containsExactly("MODIFIED wp", "MODIFIED wp", "DELETED wp");
  }

  @Test
  void unboundPodGoesInTwoEvents() {
    api.post(PODS, Requests.pod("wq"));
    WatchStream watch = api.resources.watch(Kinds.POD, "w", from(version()));
    api.delete(PODS + "/wq", "{}");
    assertThat(summary(take(watch, 2))).containsExactly("MODIFIED wq", "DELETED wq");
  }

  @Test
  void lastFinalizerIsStillInTheDeletedEvent() {
    api.post(MAPS, Json.parse("{\"metadata\": {\"name\": \"fz\", \"finalizers\": [\"a.b/c\"]}}"));
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", from(version()));
    api.delete(MAPS + "/fz", "{}");
    api.patch(MAPS + "/fz", "{\"metadata\": {\"finalizers\": null}}");
    compare(recorded("watch-transitions.json", "finalizer"), watch);
  }

  @Test
  void startsWithWhatIsThereAndABookmark() {
    create("c1", "1");
    create("c2", "2");
    for (WatchRequest request :
        List.of(initial(true, ""), initial(true, "1"), from(""), from("0"))) {
      WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", request);
      List<Event> events = take(watch, 3);
      assertThat(summary(events)).containsExactly("ADDED c1", "ADDED c2", "BOOKMARK ");
      JsonNode metadata = events.getLast().object().path("metadata");
      assertThat(metadata.path("resourceVersion").asString()).isEqualTo(version());
      assertThat(metadata.path("annotations").path("k8s.io/initial-events-end").asString())
          .isEqualTo("true");
    }
  }

  @Test
  void withoutInitialEventsOnlyChangesCome() {
    create("c1", "1");
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", initial(false, ""));
    create("c2", "2");
    assertThat(summary(take(watch, 1))).containsExactly("ADDED c2");
  }

  @Test
  void forgottenVersionIsAnErrorEvent() {
    create("c1", "1");
    String before = version();
    create("c2", "2");
    create("c3", "3");
    api.forgetHistory();
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", from(before));
    Event error = take(watch, 1).getFirst();
    assertThat(error.type()).isEqualTo(WatchEvent.Type.ERROR);
    assertThat(error.object().path("code").asInt()).isEqualTo(410);
    assertThat(error.object().path("reason").asString()).isEqualTo("Expired");
    assertThat(error.object().path("message").asString())
        .isEqualTo("too old resource version: " + before + " (" + version() + ")");
    assertThat(watch.ended()).isTrue();
  }

  @Test
  void versionOfTheFutureIsSilentUntilItComes() {
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", from("" + (revision() + 1)));
    create("c1", "1");
    assertThat(watch.poll()).isNull();
    create("c2", "2");
    assertThat(summary(take(watch, 1))).containsExactly("ADDED c2");
  }

  private long revision() {
    return api.resources.revision();
  }

  @Test
  void initialEventsOfTheFutureTimeOut() {
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", initial(true, "99999999"));
    assertThat(watch.bookmark()).isNull();
    List<Event> events = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              Event event = watch.poll();
              if (event != null) {
                events.add(event);
              }
              return watch.ended();
            });
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().object().path("code").asInt()).isEqualTo(504);
  }

  @Test
  void bookmarkWaitsForTheEventsBeforeIt() {
    WatchStream watch = api.resources.watch(Kinds.CONFIG_MAP, "w", from(version()));
    create("c1", "1");
    assertThat(watch.bookmark()).isNull();
    take(watch, 1);
    api.post(PODS, Requests.pod("other"));
    Event bookmark = watch.bookmark();
    assertThat(bookmark).isNotNull();
    assertThat(bookmark.object().path("metadata").path("resourceVersion").asString())
        .isEqualTo(version());
  }

  @Test
  void oneEventIsEncodedOnceForAllWatches() {
    WatchStream one = api.resources.watch(Kinds.CONFIG_MAP, "w", from(version()));
    WatchStream all = api.resources.watch(Kinds.CONFIG_MAP, "", from(version()));
    create("c1", "1");
    assertThat(take(one, 1).getFirst().line()).isSameAs(take(all, 1).getFirst().line());
  }

  @Test
  void podsOfANodeAreSeenByThatNodeOnly() {
    WatchRequest mine = new WatchRequest("", "spec.nodeName=n1", version(), "", null, true);
    WatchRequest others = new WatchRequest("", "spec.nodeName=n2", version(), "", null, true);
    WatchStream first = api.resources.watch(Kinds.POD, "", mine);
    WatchStream second = api.resources.watch(Kinds.POD, "", others);
    api.post(PODS, Requests.pod("p"));
    api.bind("w", "p", "n1");
    assertThat(summary(take(first, 1))).containsExactly("ADDED p");
    assertThat(second.poll()).isNull();
  }

  @Test
  void eventsOfTheOtherGroupShowItsForm() {
    WatchStream watch = api.resources.watch(Kinds.EVENTS_EVENT, "w", from(version()));
    api.post(
        "/api/v1/namespaces/w/events",
        Json.parse(
            """
            {"metadata": {"name": "e"}, "message": "hello", "reason": "r", "type": "Normal",
             "involvedObject": {"kind": "Pod", "name": "p", "namespace": "w"}}
            """));
    JsonNode event = Json.parse(take(watch, 1).getFirst().line()).path("object");
    assertThat(event.path("apiVersion").asString()).isEqualTo("events.k8s.io/v1");
    assertThat(event.path("note").asString()).isEqualTo("hello");
    assertThat(event.path("metadata").path("resourceVersion").asString()).isEqualTo(version());
  }

  @Test
  void contradictoryOptionsAreRefused() {
    assertThatThrownBy(
            () ->
                api.resources.watch(
                    Kinds.CONFIG_MAP, "w", new WatchRequest("", "", "", "", true, true)))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining(
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    assertThatThrownBy(
            () ->
                api.resources.watch(
                    Kinds.CONFIG_MAP,
                    "w",
                    new WatchRequest("", "", "5", "NotOlderThan", null, true)))
        .hasMessageContaining("forbidden for watch unless sendInitialEvents is provided");
  }
}
