package garrison.control.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.client.UnreachableException;
import garrison.client.queue.Timer;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FenceTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10); // nanoseconds may overflow
  private final Fence fence =
      new Fence(
          new Timer() {
            @Override
            public long nanos() {
              return now.get();
            }

            @Override
            public void after(Duration delay, Runnable task) {
              throw new UnsupportedOperationException();
            }
          });

  private String call(Verb verb, Kind kind) {
    return fence.around(verb, kind, () -> "done");
  }

  private void assertShut() {
    assertThatThrownBy(() -> call(Verb.CREATE, Kinds.POD)).isInstanceOf(UnreachableException.class);
  }

  @Test
  void nothingIsWrittenBeforeItIsOpened() {
    assertShut();
  }

  @Test
  void writesPassUntilTheTimeItWasOpenedFor() {
    fence.openUntil(now.get() + 100);
    now.addAndGet(99);
    assertThat(call(Verb.CREATE, Kinds.POD)).isEqualTo("done");
    now.addAndGet(1);
    assertShut();
    fence.openUntil(now.get() + 100);
    assertThat(call(Verb.CREATE, Kinds.POD)).isEqualTo("done");
  }

  @ParameterizedTest
  @EnumSource(
      value = Verb.class,
      names = {"CREATE", "UPDATE", "PATCH", "DELETE", "DELETECOLLECTION"})
  void noWritePassesOnceItIsClosed(Verb verb) {
    fence.open();
    fence.close();
    fence.openUntil(now.get() + 100);
    assertThatThrownBy(() -> call(verb, Kinds.POD)).isInstanceOf(UnreachableException.class);
  }

  @Test
  void readsAndEventsAlwaysPass() {
    fence.close();
    assertThat(call(Verb.LIST, Kinds.POD)).isEqualTo("done");
    assertThat(call(Verb.CREATE, Kinds.EVENT)).isEqualTo("done");
  }

  @Test
  void writesUnderWayAreWaitedForAndMayEnd() throws Exception {
    fence.open();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletableFuture<String> call =
        CompletableFuture.supplyAsync(
            () ->
                fence.around(
                    Verb.DELETE,
                    Kinds.POD,
                    () -> {
                      begun.complete(null);
                      return answer.join();
                    }));
    begun.join();
    fence.close();
    assertThat(fence.awaitQuiet(Duration.ofMillis(20))).isFalse();
    answer.complete("deleted");
    assertThat(fence.awaitQuiet(Duration.ofSeconds(20))).isTrue();
    assertThat(call.join()).isEqualTo("deleted");
  }
}
