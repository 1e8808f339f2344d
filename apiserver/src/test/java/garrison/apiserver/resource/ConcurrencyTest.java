package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.auth.User;
import garrison.apiserver.watch.Event;
import garrison.apiserver.watch.Stored;
import garrison.apiserver.watch.WatchStream;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.SqliteStore;
import garrison.store.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Many at a time, over the real store. */
class ConcurrencyTest {
  @TempDir Path folder;

  private final RequestContext admin = RequestContext.of(User.ADMIN);
  private Store store;
  private Resources resources;

  @BeforeEach
  void open() {
    store = SqliteStore.open(folder.resolve("store.db"));
    resources = Resources.open(store, InstantSource.system(), new Random(3), List.of());
  }

  @AfterEach
  void close() {
    resources.close();
    store.close();
  }

  private static void together(int count, IntConsumer work) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(threads.submit(() -> work.accept(number)));
      }
    }
    for (Future<?> one : all) {
      one.get();
    }
  }

  private void create(String name) {
    resources.create(admin, Kinds.CONFIG_MAP, "default", Body.of(Requests.configMap(name)));
  }

  @Test
  void everyWriterReadsItsOwnWrite() throws Exception {
    together(
        1000,
        i -> {
          create("c" + i);
          assertThat(resources.find(Kinds.CONFIG_MAP, "default", "c" + i)).isNotNull();
        });
    assertThat(resources.list(Kinds.CONFIG_MAP, "default", ListRequest.ALL).items()).hasSize(1000);
  }

  @Test
  void acknowledgedWritesCanBeReadHoweverFarTheFeedLags() throws Exception {
    try (Store lagging = new LaggingStore(MemoryStore.open());
        Resources behind =
            Resources.open(lagging, InstantSource.system(), new Random(3), List.of())) {
      for (int i = 0; i < 100; i++) {
        String name = "c" + i;
        behind.create(admin, Kinds.CONFIG_MAP, "default", Body.of(Requests.configMap(name)));
        assertThat(behind.find(Kinds.CONFIG_MAP, "default", name)).as(name).isNotNull();
        behind.delete(admin, Kinds.CONFIG_MAP, "default", name, DeleteRequest.DEFAULT);
        assertThat(behind.find(Kinds.CONFIG_MAP, "default", name)).as(name).isNull();
      }
    }
  }

  @Test
  void aListIsTrueAtExactlyItsVersion() throws Exception {
    Thread writers =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < 3_000; i++) {
                    create("c" + i);
                  }
                });
    while (writers.isAlive()) {
      Page page = resources.list(Kinds.CONFIG_MAP, "default", ListRequest.ALL);
      long newest = page.items().stream().mapToLong(Stored::revision).max().orElse(0);
      assertThat(newest).isLessThanOrEqualTo(page.revision());
    }
    writers.join();
  }

  @Test
  void patchesWithoutVersionAllGetThrough() throws Exception {
    create("c");
    together(
        200,
        i ->
            resources.patch(
                admin,
                Kinds.CONFIG_MAP,
                "default",
                "c",
                "",
                PatchType.MERGE,
                Body.of(Json.parse("{\"data\": {\"k%d\": \"v\"}}".formatted(i)))));
    Stored end = resources.get(Kinds.CONFIG_MAP, "default", "c", "");
    assertThat(end.document().path("data").size()).isEqualTo(200);
  }

  @Test
  void ofWritersWithTheSameVersionOneWins() throws Exception {
    create("c");
    ObjectNode read = resources.get(Kinds.CONFIG_MAP, "default", "c", "").document();
    AtomicInteger won = new AtomicInteger();
    together(
        50,
        i -> {
          ObjectNode mine = read.deepCopy();
          mine.withObject("data").put("winner", "w" + i);
          try {
            resources.update(admin, Kinds.CONFIG_MAP, "default", "c", "", Body.of(mine));
            won.incrementAndGet();
          } catch (StatusException e) {
            assertThat(e.reason()).isEqualTo(StatusReason.CONFLICT);
          }
        });
    assertThat(won).hasValue(1);
  }

  @Test
  void ofCreatorsOfOneNameOneWins() throws Exception {
    ConcurrentLinkedQueue<StatusReason> refused = new ConcurrentLinkedQueue<>();
    together(
        50,
        i -> {
          try {
            create("same");
          } catch (StatusException e) {
            refused.add(e.reason());
          }
        });
    assertThat(refused).hasSize(49).containsOnly(StatusReason.ALREADY_EXISTS);
  }

  @Test
  void listThenWatchMissesNothingAndSeesNothingTwice() throws Exception {
    Random random = new Random(11);
    List<Integer> picks = IntStream.range(0, 600).map(i -> random.nextInt(20)).boxed().toList();
    Map<String, Long> state = new HashMap<>();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    Thread writers =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    together(600, i -> change("c" + picks.get(i)));
                  } catch (Exception e) {
                    failures.add(e);
                  }
                });
    Page page = resources.list(Kinds.CONFIG_MAP, "default", ListRequest.ALL);
    page.items()
        .forEach(
            item -> {
              assertThat(item.revision()).isLessThanOrEqualTo(page.revision());
              state.put(item.key(), item.revision());
            });
    WatchStream watch =
        resources.watch(
            Kinds.CONFIG_MAP,
            "default",
            new WatchRequest("", "", Long.toString(page.revision()), "", null, false));
    writers.join();
    assertThat(failures).isEmpty();
    long last = page.revision();
    for (Event event = watch.poll(); event != null; event = watch.poll()) {
      JsonNode metadata = event.object().path("metadata");
      long revision = metadata.path("resourceVersion").asLong();
      assertThat(revision).isGreaterThan(last);
      last = revision;
      String key = "/registry/core/configmaps/default/" + metadata.path("name").asString();
      switch (event.type()) {
        case ADDED -> assertThat(state.put(key, revision)).isNull();
        case MODIFIED -> assertThat(state.put(key, revision)).isNotNull();
        default -> assertThat(state.remove(key)).isNotNull();
      }
    }
    Map<String, Long> present = new HashMap<>();
    resources
        .list(Kinds.CONFIG_MAP, "default", ListRequest.ALL)
        .items()
        .forEach(item -> present.put(item.key(), item.revision()));
    assertThat(state).isEqualTo(present);
  }

  /** Creates, changes or deletes, as it comes; what others did in between is no failure. */
  private void change(String name) {
    Stored present = resources.find(Kinds.CONFIG_MAP, "default", name);
    try {
      if (present == null) {
        create(name);
      } else if (present.revision() % 3 == 0) {
        resources.delete(admin, Kinds.CONFIG_MAP, "default", name, DeleteRequest.DEFAULT);
      } else {
        JsonNode patch = Json.parse("{\"data\": {\"r\": \"" + present.revision() + "\"}}");
        resources.patch(
            admin, Kinds.CONFIG_MAP, "default", name, "", PatchType.MERGE, Body.of(patch));
      }
    } catch (StatusException e) {
      assertThat(e.reason()).isIn(StatusReason.NOT_FOUND, StatusReason.ALREADY_EXISTS);
    }
  }

  @Test
  void slowWatchIsCutOffAndTheOthersAreNot() throws Exception {
    WatchRequest now =
        new WatchRequest("", "", Long.toString(resources.revision()), "", null, false);
    WatchStream slow = resources.watch(Kinds.CONFIG_MAP, "", now);
    WatchStream quick = resources.watch(Kinds.CONFIG_MAP, "", now);
    AtomicInteger taken = new AtomicInteger();
    for (int round = 0; round < 11; round++) {
      int start = round * 1000;
      together(1000, i -> create("s" + (start + i)));
      while (quick.poll() != null) {
        taken.incrementAndGet();
      }
    }
    assertThat(taken).hasValue(11_000);
    assertThat(quick.ended()).isFalse();
    assertThat(slow.poll()).isNull();
    assertThat(slow.ended()).isTrue();
  }

  @Test
  void reopenedStoreShowsTheSameAndReplaysItsHistory() throws Exception {
    create("a");
    long before = resources.revision();
    create("b");
    resources.delete(admin, Kinds.CONFIG_MAP, "default", "a", DeleteRequest.DEFAULT);
    close();
    open();
    assertThat(resources.list(Kinds.CONFIG_MAP, "default", ListRequest.ALL).items())
        .extracting(Stored::key)
        .containsExactly("/registry/core/configmaps/default/b");
    WatchStream watch =
        resources.watch(
            Kinds.CONFIG_MAP,
            "default",
            new WatchRequest("", "", Long.toString(before), "", null, false));
    assertThat(watch.poll())
        .hasToString("ADDED /registry/core/configmaps/default/b@" + (before + 1));
    assertThat(watch.poll())
        .hasToString("DELETED /registry/core/configmaps/default/a@" + (before + 2));
  }
}
