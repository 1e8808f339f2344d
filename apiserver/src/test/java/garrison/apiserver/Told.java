package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one watch has told so far. Thread-safe. */
final class Told {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Seen> events = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  void event(Seen event) {
    events.add(event);
  }

  void failed(Throwable cause) {
    failures.add(cause);
  }

  /** All events, in the order in which they came. */
  List<Seen> events() {
    return events;
  }

  /** Waits until it has told more than that many. */
  void awaitMoreThan(int count) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1)) // The tests want to be in the middle of it.
        .until(() -> events.size() > count || !failures.isEmpty());
    assertThat(failures).isEmpty();
  }

  /** Waits for the last change of all; whatever comes twice has come by then. */
  void awaitLast() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                events.stream().anyMatch(seen -> seen.name().equals(ConfigMapChanges.LAST))
                    || !failures.isEmpty());
    assertThat(failures).isEmpty();
  }
}
