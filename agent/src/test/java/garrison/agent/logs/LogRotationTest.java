package garrison.agent.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spec: node-agent 3.9. */
class LogRotationTest {
  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final LogRotation rotation = new LogRotation(10, 3, clock, ZoneOffset.UTC);

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private Path rotate(String text) throws IOException {
    Path log = Files.writeString(folder.resolve("0.log"), text);
    rotation.rotate(log, () -> write(log));
    now = now.plusSeconds(60);
    return log;
  }

  private static void write(Path log) {
    try {
      Files.writeString(log, "");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theNewestRotatedFileStaysPlainAndThoseBeforeArePacked() throws IOException {
    rotate("first");
    assertThat(files()).containsExactly("0.log", "0.log.20261125-100000");
    rotate("second");
    assertThat(files())
        .containsExactly("0.log", "0.log.20261125-100000.gz", "0.log.20261125-100100");
    try (GZIPInputStream packed =
        new GZIPInputStream(Files.newInputStream(folder.resolve("0.log.20261125-100000.gz")))) {
      assertThat(new String(packed.readAllBytes())).isEqualTo("first");
    }
  }

  @Test
  void neverMoreFilesThanAllowed() throws IOException {
    for (int i = 0; i < 5; i++) {
      rotate("text " + i);
    }
    assertThat(files())
        .containsExactly("0.log", "0.log.20261125-100300.gz", "0.log.20261125-100400");
  }

  @Test
  void whatWasLeftHalfPackedGoes() throws IOException {
    Files.writeString(folder.resolve("0.log.20261125-090000.tmp"), "half");
    rotate("text");
    assertThat(files()).containsExactly("0.log", "0.log.20261125-100000");
  }

  @Test
  void aLogThatCannotBeOpenedAnewKeepsItsName() throws IOException {
    Path log = Files.writeString(folder.resolve("0.log"), "text");
    assertThatThrownBy(
            () ->
                rotation.rotate(
                    log,
                    () -> {
                      throw new IllegalStateException("away");
                    }))
        .hasMessage("away");
    assertThat(files()).containsExactly("0.log");
    assertThat(log).hasContent("text");
  }

  @Test
  void onlyLargeLogsAreRotated() throws IOException {
    assertThat(rotation.due(Files.writeString(folder.resolve("a"), "0123456789"))).isFalse();
    assertThat(rotation.due(Files.writeString(folder.resolve("b"), "0123456789a"))).isTrue();
  }
}
