package garrison.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Spec: api-server 14.2. */
class SessionEndTest {
  private static String words(Packet end) {
    return new String(SessionEnd.words(end).bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void theFirstProtocolHearsOnlyWhatWentWrong() {
    assertThat(words(SessionEnd.exited(0))).isEmpty();
    assertThat(words(SessionEnd.exited(3)))
        .isEqualTo("command terminated with non-zero exit code: exit status 3");
    assertThat(words(SessionEnd.failed("no such container")))
        .isEqualTo("Internal error occurred: no such container");
  }
}
