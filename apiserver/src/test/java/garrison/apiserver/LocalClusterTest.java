package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.resource.Resources;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class LocalClusterTest {
  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());
  private final LocalCluster cluster = new LocalCluster(resources);

  @AfterEach
  void close() {
    resources.close();
    store.close();
  }

  private static ObjectNode configMap(String name, String value) {
    return (ObjectNode)
        Json.parse(
            """
            {"metadata": {"name": "%s"}, "data": {"a": "%s"}}
            """
                .formatted(name, value));
  }

  private static final class Seen implements WatchListener {
    final List<WatchEvent> events = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    @Override
    public void event(WatchEvent event) {
      events.add(event);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
      closed = true;
    }

    List<String> summary() {
      return events.stream()
          .filter(event -> event.type() != WatchEvent.Type.BOOKMARK)
          .map(
              event -> event.type() + " " + event.object().path("metadata").path("name").asString())
          .toList();
    }
  }

  @Test
  void everyWriteIsSeenByTheReadThatFollows() {
    ObjectNode created = cluster.create(Kinds.CONFIG_MAP, "default", configMap("c", "1"));
    assertThat(created.path("metadata").path("uid").asString()).isNotEmpty();
    assertThat(cluster.get(Kinds.CONFIG_MAP, "default", "c")).isEqualTo(created);

    ObjectNode changed = created.deepCopy();
    changed.withObject("data").put("a", "2");
    ObjectNode updated = cluster.update(Kinds.CONFIG_MAP, changed);
    assertThat(cluster.get(Kinds.CONFIG_MAP, "default", "c").path("data").path("a").asString())
        .isEqualTo("2");
    assertThatThrownBy(() -> cluster.update(Kinds.CONFIG_MAP, changed))
        .isInstanceOfSatisfying(
            StatusException.class, refusal -> assertThat(refusal.code()).isEqualTo(409));

    ObjectNode patched =
        cluster.patch(
            Kinds.CONFIG_MAP,
            "default",
            "c",
            PatchType.MERGE,
            Json.parse("{\"data\": {\"a\": \"3\"}}"),
            "");
    assertThat(Long.parseLong(patched.path("metadata").path("resourceVersion").asString()))
        .isGreaterThan(Long.parseLong(updated.path("metadata").path("resourceVersion").asString()));
    assertThat(cluster.list(Kinds.CONFIG_MAP, "default", ListOptions.ALL).items())
        .containsExactly(patched);

    cluster.delete(Kinds.CONFIG_MAP, "default", "c", DeleteOptions.DEFAULT);
    assertThatThrownBy(() -> cluster.get(Kinds.CONFIG_MAP, "default", "c"))
        .hasMessage("configmaps \"c\" not found");
  }

  @Test
  void watchShowsWhatIsThereThenWhatChanges() {
    cluster.create(Kinds.CONFIG_MAP, "default", configMap("a", "1"));
    Seen seen = new Seen();
    Watch watch = cluster.watch(Kinds.CONFIG_MAP, "default", WatchOptions.FROM_NOW, seen);
    cluster.create(Kinds.CONFIG_MAP, "default", configMap("b", "1"));
    cluster.delete(Kinds.CONFIG_MAP, "default", "a", DeleteOptions.DEFAULT);
    await()
        .untilAsserted(
            () -> assertThat(seen.summary()).containsExactly("ADDED a", "ADDED b", "DELETED a"));
    assertThat(seen.events.get(1).type()).isEqualTo(WatchEvent.Type.BOOKMARK);
    watch.close();
    await().until(() -> seen.closed);
  }
}
