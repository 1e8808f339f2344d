package garrison.client.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.UnreachableException;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final List<Integer> made = new CopyOnWriteArrayList<>();

  private Thread call(RateLimit limit, int number) {
    return Thread.ofVirtual()
        .start(() -> limit.around(Verb.CREATE, Kinds.POD, () -> made.add(number)));
  }

  @Test
  void callsBeyondTheBurstWaitAndAllPassAtOnceWhenItIsClosed() throws Exception {
    try (RateLimit limit = new RateLimit(0.0001, 3, Timer.system())) {
      List<Thread> calls = IntStream.range(0, 10).mapToObj(i -> call(limit, i)).toList();
      await().until(() -> made.size() == 3);
      await()
          .until(
              () ->
                  calls.stream().filter(c -> c.getState() == Thread.State.TIMED_WAITING).count()
                      == 7);
      assertThat(made).hasSize(3);
      limit.close();
      for (Thread call : calls) {
        call.join();
      }
      assertThat(made).hasSize(10);
      call(limit, 10).join();
      assertThat(made).contains(10);
    }
  }

  @Test
  void callsPassAsTheirTurnComes() throws Exception {
    try (RateLimit limit = new RateLimit(1000, 1, Timer.system())) {
      for (int i = 0; i < 20; i++) {
        call(limit, i).join();
      }
    }
    assertThat(made).hasSize(20);
  }

  @Test
  void callThatIsInterruptedWhileItWaitsIsNotMade() throws Exception {
    try (RateLimit limit = new RateLimit(0.0001, 1, Timer.system())) {
      call(limit, 0).join();
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      Thread waiting =
          Thread.ofVirtual().unstarted(() -> limit.around(Verb.GET, Kinds.POD, () -> made.add(1)));
      waiting.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
      waiting.start();
      await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
      waiting.interrupt();
      waiting.join();
      assertThat(failures).singleElement().isInstanceOf(UnreachableException.class);
      assertThat(made).containsExactly(0);
    }
  }
}
