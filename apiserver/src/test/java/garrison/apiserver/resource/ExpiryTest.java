package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.auth.User;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** History and events are kept for a while (spec: api-server 8.2, 15.2). */
class ExpiryTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final Store store = MemoryStore.open();
  private final Resources resources = Resources.open(store, now::get, new Random(1), List.of());
  private final RequestContext admin = RequestContext.of(User.ADMIN);

  @AfterEach
  void close() {
    resources.close();
    store.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  private void create(String name) {
    resources.create(admin, Kinds.CONFIG_MAP, "default", Body.of(Requests.named(name)));
  }

  @Test
  void historyIsKeptForTheTimeAsked() {
    create("a");
    long first = store.revision();
    resources.compact(Duration.ofMinutes(5), 1_000);
    pass(Duration.ofMinutes(3));
    create("b");
    resources.compact(Duration.ofMinutes(5), 1_000);
    assertThat(store.compactedRevision()).isZero();
    pass(Duration.ofMinutes(3));
    resources.compact(Duration.ofMinutes(5), 1_000);
    assertThat(store.compactedRevision()).isEqualTo(first);
  }

  @Test
  void historyIsBoundedBySizeToo() {
    for (int i = 0; i < 30; i++) {
      create("c" + i);
    }
    resources.compact(Duration.ofMinutes(5), 10);
    assertThat(store.compactedRevision()).isEqualTo(store.revision() - 10);
  }

  @Test
  void eventsGoAnHourAfterTheyWereLastTold() {
    for (String name : List.of("told", "again")) {
      resources.create(
          admin,
          Kinds.EVENT,
          "default",
          Body.of(
              Requests.parse(
                  """
                  {"metadata": {"name": "%s"}, "reason": "r", "message": "m", "type": "Normal",
                   "involvedObject": {"kind": "Pod", "namespace": "default", "name": "p"}}
                  """
                      .formatted(name))));
    }
    pass(Duration.ofMinutes(40));
    resources.patch(
        admin,
        Kinds.EVENT,
        "default",
        "again",
        "",
        PatchType.MERGE,
        Body.of(Json.parse("{\"lastTimestamp\": \"2026-01-01T00:40:00Z\", \"count\": 2}")));
    pass(Duration.ofMinutes(40));
    resources.compact(Duration.ofMinutes(5), 1_000);
    assertThat(resources.find(Kinds.EVENT, "default", "told")).isNull();
    assertThat(resources.find(Kinds.EVENT, "default", "again")).isNotNull();
    pass(Duration.ofMinutes(40));
    resources.compact(Duration.ofMinutes(5), 1_000);
    assertThat(resources.find(Kinds.EVENT, "default", "again")).isNull();
  }
}
