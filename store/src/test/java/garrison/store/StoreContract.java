package garrison.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does, whatever it writes to. */
abstract class StoreContract {
  private Store store;

  /** Opens the store under test: empty, unless it was used before in this test. */
  abstract Store open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(Store.Entry entry) {
    return new String(entry.value(), UTF_8);
  }

  private List<String> keys(String prefix, long revision, int limit, String after) {
    return store.list(prefix, revision, limit, after).entries().stream()
        .map(Store.Entry::key)
        .toList();
  }

  @Test
  void revisionsStartAtOneAndGrowByOne() {
    assertThat(store.revision()).isZero();
    assertThat(store.put("/a", bytes("1"), Store.ABSENT)).isEqualTo(1);
    assertThat(store.put("/b", bytes("1"), Store.ANY)).isEqualTo(2);
    assertThat(store.delete("/a", bytes("1"), 1)).isEqualTo(3);
    assertThat(store.revision()).isEqualTo(3);
  }

  @Test
  void anEntryKnowsWhenItBeganAndWhenItChanged() {
    store.put("/a", bytes("1"), Store.ABSENT);
    store.put("/a", bytes("2"), 1);
    Store.Entry entry = store.get("/a");
    assertThat(text(entry)).isEqualTo("2");
    assertThat(entry.createRevision()).isEqualTo(1);
    assertThat(entry.modRevision()).isEqualTo(2);
    store.delete("/a", bytes("2"), 2);
    assertThat(store.get("/a")).isNull();
    store.put("/a", bytes("3"), Store.ABSENT);
    assertThat(store.get("/a").createRevision()).isEqualTo(4);
  }

  @Test
  void aWriteThatExpectsAnotherRevisionChangesNothing() {
    store.put("/a", bytes("1"), Store.ABSENT);
    assertThatThrownBy(() -> store.put("/a", bytes("2"), Store.ABSENT))
        .isInstanceOfSatisfying(
            RevisionMismatchException.class, e -> assertThat(e.actual()).isEqualTo(1));
    assertThatThrownBy(() -> store.put("/a", bytes("2"), 7))
        .isInstanceOf(RevisionMismatchException.class);
    assertThatThrownBy(() -> store.delete("/a", bytes("1"), 7))
        .isInstanceOf(RevisionMismatchException.class);
    assertThatThrownBy(() -> store.delete("/none", bytes(""), Store.ANY))
        .isInstanceOfSatisfying(
            RevisionMismatchException.class, e -> assertThat(e.actual()).isZero());
    assertThat(store.revision()).isEqualTo(1);
    assertThat(text(store.get("/a"))).isEqualTo("1");
  }

  @Test
  void listsAreInKeyOrderAndStayInsideThePrefix() {
    for (String key : List.of("/p/b", "/p/a", "/p", "/q/a", "/p/c", "/p0")) {
      store.put(key, bytes(key), Store.ABSENT);
    }
    assertThat(keys("/p/", 0, 0, "")).containsExactly("/p/a", "/p/b", "/p/c");
    assertThat(keys("", 0, 0, "")).containsExactly("/p", "/p/a", "/p/b", "/p/c", "/p0", "/q/a");
  }

  @Test
  void keysAreOrderedAsTheirBytesAre() {
    store.put("/￿", bytes("bmp"), Store.ABSENT);
    store.put("/😀", bytes("beyond"), Store.ABSENT);
    assertThat(keys("/", 0, 0, "")).containsExactly("/￿", "/😀");
    assertThat(keys("/", 0, 0, "/￿")).containsExactly("/😀");
  }

  @Test
  void pagesGoOnAtTheRevisionOfTheFirst() {
    for (int i = 0; i < 5; i++) {
      store.put("/k/" + i, bytes("x"), Store.ABSENT);
    }
    Store.Page first = store.list("/k/", 0, 2, "");
    assertThat(first.remaining()).isEqualTo(3);
    store.delete("/k/3", bytes("x"), Store.ANY);
    store.put("/k/25", bytes("new"), Store.ABSENT);
    store.put("/k/4", bytes("changed"), Store.ANY);
    Store.Page second = store.list("/k/", first.revision(), 0, first.entries().getLast().key());
    assertThat(second.entries())
        .extracting(Store.Entry::key, StoreContract::text)
        .containsExactly(tuple("/k/2", "x"), tuple("/k/3", "x"), tuple("/k/4", "x"));
    assertThat(second.remaining()).isZero();
  }

  @Test
  void aWatchShowsWhatCameBeforeItAndWhatComesAfter() {
    store.put("/w/a", bytes("1"), Store.ABSENT);
    store.put("/other", bytes("1"), Store.ABSENT);
    store.put("/w/a", bytes("2"), 1);
    var seen = new ConcurrentLinkedQueue<Store.Change>();
    try (var subscription = store.watch("/w/", 1, seen::add)) {
      store.delete("/w/a", bytes("last"), 3);
      await().until(() -> seen.size() == 2);
      List<Store.Change> changes = List.copyOf(seen);
      assertThat(changes.get(0).revision()).isEqualTo(3);
      assertThat(text(changes.get(0).previous())).isEqualTo("1");
      assertThat(changes.get(1).deleted()).isTrue();
      assertThat(new String(changes.get(1).value(), UTF_8)).isEqualTo("last");
      assertThat(text(changes.get(1).previous())).isEqualTo("2");
    }
    store.put("/w/b", bytes("1"), Store.ABSENT);
    assertThat(seen).hasSize(2);
  }

  @Test
  void aListenerThatFailsDoesNotStopTheOthers() {
    var seen = new AtomicInteger();
    try (var bad =
            store.watch(
                "/",
                0,
                change -> {
                  throw new IllegalStateException("on purpose");
                });
        var good = store.watch("/", 0, change -> seen.incrementAndGet())) {
      store.put("/a", bytes("1"), Store.ABSENT);
      store.put("/b", bytes("1"), Store.ABSENT);
      await().until(() -> seen.get() == 2);
    }
  }

  @Test
  void compactionForgetsThePastAndKeepsThePresent() {
    store.put("/a", bytes("1"), Store.ABSENT);
    store.put("/a", bytes("2"), 1);
    store.put("/b", bytes("1"), Store.ABSENT);
    store.delete("/b", bytes("1"), 3);
    store.put("/c", bytes("1"), Store.ABSENT);
    store.compact(4);
    assertThat(store.compactedRevision()).isEqualTo(4);
    assertThat(keys("", 0, 0, "")).containsExactly("/a", "/c");
    assertThat(keys("", 4, 0, "")).containsExactly("/a");
    assertThatThrownBy(() -> store.list("", 3, 0, "")).isInstanceOf(CompactedException.class);
    assertThatThrownBy(() -> store.watch("/", 3, change -> {}))
        .isInstanceOf(CompactedException.class);
    var seen = new ConcurrentLinkedQueue<Long>();
    try (var subscription = store.watch("/", 4, change -> seen.add(change.revision()))) {
      await().until(() -> seen.size() == 1);
      assertThat(seen).containsExactly(5L);
    }
  }

  @Test
  void aKeyThatIsDeletedAndMadeAgainSurvivesCompactionBetween() {
    store.put("/a", bytes("1"), Store.ABSENT);
    store.delete("/a", bytes("1"), 1);
    store.put("/a", bytes("2"), Store.ABSENT);
    store.compact(2);
    assertThat(text(store.get("/a"))).isEqualTo("2");
    assertThat(store.list("", 2, 0, "").entries()).isEmpty();
    store.compact(3);
    assertThat(text(store.get("/a"))).isEqualTo("2");
  }

  /** Many writers on few keys: conditions hold, no revision is lost, and a watch sees them all. */
  @Test
  void concurrentWritersLoseNothing() throws Exception {
    Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    var watched = new ConcurrentLinkedQueue<Store.Change>();
    try (var subscription = store.watch("/", 0, watched::add);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 16; t++) {
        running.add(threads.submit(() -> writeSome(acknowledged)));
      }
      for (Future<?> one : running) {
        one.get();
      }
      store.compact(store.revision() / 2);
      await().until(() -> watched.size() == store.revision());
    }
    long expected = 1;
    Map<String, Store.Change> last = new TreeMap<>();
    for (Store.Change change : watched) {
      assertThat(change.revision()).isEqualTo(expected++);
      last.put(change.key(), change);
    }
    acknowledged.forEach(
        (key, revision) -> {
          if (!last.get(key).deleted()) {
            assertThat(store.get(key).modRevision()).isEqualTo(last.get(key).revision());
          }
          assertThat(last.get(key).revision()).isGreaterThanOrEqualTo(revision);
        });
  }

  private void writeSome(Map<String, Long> acknowledged) {
    for (int i = 0; i < 100; i++) {
      String key = "/" + ThreadLocalRandom.current().nextInt(8);
      Store.Entry present = store.get(key);
      try {
        long written =
            present == null
                ? store.put(key, bytes("0"), Store.ABSENT)
                : i % 7 == 0
                    ? store.delete(key, present.value(), present.modRevision())
                    : store.put(
                        key,
                        bytes(String.valueOf(Long.parseLong(text(present)) + 1)),
                        present.modRevision());
        acknowledged.merge(key, written, Math::max);
      } catch (RevisionMismatchException e) {
        assertThat(e.actual()).isNotEqualTo(present == null ? 0 : present.modRevision());
      }
    }
  }

  @Test
  void aClosedStoreRefusesWrites() {
    store.close();
    assertThatThrownBy(() -> store.put("/a", bytes("1"), Store.ANY))
        .isInstanceOf(StoreException.class);
  }
}
