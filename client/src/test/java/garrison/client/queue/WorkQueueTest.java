package garrison.client.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final ManualTimer timer = new ManualTimer();
  private final WorkQueue<String> queue = new WorkQueue<>("test", timer);

  @Test
  void keyWaitsOnceHoweverOftenItIsAdded() {
    queue.add("a");
    queue.add("a");
    queue.add("b");
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void keyAddedWhileWorkedOnComesBackAfterwards() throws Exception {
    queue.add("a");
    assertThat(queue.take()).isEqualTo("a");
    queue.add("a");
    assertThat(queue.size()).isZero();
    queue.done("a");
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void higherPriorityGoesFirstThenFirstCome() throws Exception {
    queue.add("a");
    queue.add("b");
    queue.add("c", 5);
    queue.add("b", 9);
    List<String> order = new ArrayList<>();
    while (queue.size() > 0) {
      order.add(queue.take());
    }
    assertThat(order).containsExactly("b", "c", "a");
  }

  @Test
  void delayedKeyComesAtItsEarliestTime() {
    queue.addAfter("a", Duration.ofSeconds(10));
    queue.addAfter("a", Duration.ofSeconds(3));
    queue.addAfter("a", Duration.ofSeconds(5));
    timer.advance(Duration.ofSeconds(2));
    assertThat(queue.size()).isZero();
    timer.advance(Duration.ofSeconds(1));
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void failingKeyWaitsTwiceAsLongEachTimeUpToAThousandSeconds() {
    RetryDelays<String> delays = new RetryDelays<>(timer);
    assertThat(delays.next("a")).isEqualTo(Duration.ofMillis(5));
    assertThat(delays.next("a")).isEqualTo(Duration.ofMillis(10));
    assertThat(delays.next("a")).isEqualTo(Duration.ofMillis(20));
    for (int i = 0; i < 40; i++) {
      delays.next("a");
    }
    assertThat(delays.next("a")).isEqualTo(Duration.ofSeconds(1000));
    delays.forget("a");
    assertThat(delays.next("a")).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void allTogetherRetryTenTimesASecondAfterAHundred() {
    RetryDelays<Integer> delays = new RetryDelays<>(timer);
    for (int key = 0; key < 100; key++) {
      assertThat(delays.next(key)).isEqualTo(Duration.ofMillis(5));
    }
    assertThat(delays.next(100)).isEqualTo(Duration.ofMillis(100));
    assertThat(delays.next(101)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void workThatFailsIsDoneAgainAndNeverTwiceAtOnce() {
    AtomicInteger atOnce = new AtomicInteger();
    List<Integer> seen = new CopyOnWriteArrayList<>();
    WorkQueue<String> real = new WorkQueue<>("test", Timer.system());
    try (Workers<String> workers =
        Workers.start(
            real,
            4,
            key -> {
              seen.add(atOnce.incrementAndGet());
              real.add("other");
              atOnce.decrementAndGet();
              if (key.equals("a") && seen.size() < 3) {
                throw new IllegalStateException("again");
              }
            })) {
      real.add("a");
      await().until(() -> seen.size() >= 4 && real.retries("a") == 0);
    }
    assertThat(real.size()).isLessThanOrEqualTo(1);
  }

  /** Time that goes on when told to. */
  private static final class ManualTimer implements Timer {
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private long now;

    private record Due(long at, Runnable task) implements Comparable<Due> {
      @Override
      public int compareTo(Due other) {
        return Long.compare(at, other.at);
      }
    }

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void after(Duration delay, Runnable task) {
      due.add(new Due(now + delay.toNanos(), task));
    }

    void advance(Duration by) {
      now += by.toNanos();
      while (!due.isEmpty() && due.peek().at() <= now) {
        due.poll().task().run();
      }
    }
  }
}
