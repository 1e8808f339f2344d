package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kubernetes' own DaemonSet controller and ours make the same of the same events. */
class DifferentialTest {
  private static final int FEW = 8;
  private static final int MANY = 240;

  @TempDir static Path folder;
  private static Duel duel;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException {
    duel = Duel.start(folder);
  }

  @AfterAll
  static void stop() {
    if (duel != null) {
      duel.close();
    }
  }

  @Test
  void bothMakeTheSameOfAFewScripts() throws InterruptedException {
    assertThat(duel.run(LongStream.range(0, FEW), FEW)).isEmpty();
  }

  @Test
  @Tag("whole")
  void bothMakeTheSameOfManyScripts() throws InterruptedException {
    assertThat(duel.run(LongStream.range(1000, 1000 + MANY), FEW)).isEmpty();
    System.out.println(MANY + " scripts; different once and not again: " + duel.once().size());
  }
}
