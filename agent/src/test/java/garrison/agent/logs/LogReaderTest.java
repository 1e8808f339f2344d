package garrison.agent.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import garrison.agent.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading logs (spec: node-agent 3.9). */
class LogReaderTest {
  private static final String T = "2026-01-01T00:00:0";
  private static final String ABC =
      T
          + "1.000000001Z stdout F a\n"
          + T
          + "2.000000001Z stderr F b\n"
          + T
          + "3.000000001Z stdout F c\n";

  @TempDir Path temp;
  private Path file;
  private final AtomicBoolean running = new AtomicBoolean();

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(temp.resolve("0.log"), ABC);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                | a.b.c.
          tailLines=2                       | b.c.
          tailLines=0                       | ''
          tailLines=9                       | a.b.c.
          limitBytes=3                      | a.b
          sinceTime=2026-01-01T00:00:02Z    | b.c.
          sinceTime=2026-01-01T02:00:03+02:00 | c.
          sinceSeconds=8                    | b.c.
          tailLines=1&timestamps=true       | 2026-01-01T00:00:03.000000001Z c.
          """)
  void showsWhatIsAskedFor(String query, String shown) throws Exception {
    assertThat(read(query)).isEqualTo(shown.replace('.', '\n').replace("03\n", "03."));
  }

  @Test
  void partsOfALineAreOneLine() throws Exception {
    Files.writeString(
        file, T + "1Z stdout P long \n" + T + "1Z stdout P:x line\n" + T + "1Z stdout F \n");

    assertThat(read("")).isEqualTo("long line\n");
  }

  @Test
  void lineThatIsNoneIsPassedOver() throws Exception {
    Files.writeString(file, "nonsense\n" + T + "1Z stdout F x\n" + T + "2Z stdo");

    assertThat(read("")).isEqualTo("x\n");
  }

  @Test
  void logThatIsNotThereIsEmpty() throws Exception {
    Files.delete(file);

    assertThat(read("")).isEmpty();
  }

  @Test
  void followingGoesOnInTheNewFileAfterARotation() throws Exception {
    running.set(true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Thread reader = Thread.ofVirtual().start(() -> copy(Map.of("follow", "true"), out));
    await().until(() -> out.toString(StandardCharsets.UTF_8).equals("a\nb\nc\n"));

    Files.writeString(file, T + "4Z stdout F d\n", StandardOpenOption.APPEND);
    Files.move(file, temp.resolve("0.log.20260101-000000"));
    Files.writeString(file, T + "5Z stdout F e\n");
    await().until(() -> out.toString(StandardCharsets.UTF_8).equals("a\nb\nc\nd\ne\n"));
    Files.writeString(file, T + "6Z stdout F f\n", StandardOpenOption.APPEND);
    running.set(false);

    reader.join();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\nc\nd\ne\nf\n");
  }

  @Test
  void tailReachesOverBlocks() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append(T).append("1Z stdout F line ").append(i).append('\n');
    }
    Files.writeString(file, text);

    assertThat(read("tailLines=3000").lines().toList())
        .hasSize(3000)
        .first()
        .isEqualTo("line 2000");
    assertThat(LogTail.read(file, 2, 100)).isEqualTo("line 4998\nline 4999\n");
    assertThat(LogTail.read(file, 80, 7)).isEqualTo("e 4999\n");
    assertThat(LogTail.read(temp.resolve("none"), 80, 7)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"tailLines,-1", "tailLines,x", "limitBytes,9e9", "sinceTime,yesterday"})
  void badOptionIsRefused(String name, String value) {
    assertThatThrownBy(() -> LogRequest.of(Map.of(name, value), Instant.EPOCH))
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(400));
  }

  private String read(String query) {
    Map<String, String> parameters = new java.util.HashMap<>();
    for (String one : query.split("&")) {
      if (!one.isEmpty()) {
        parameters.put(one.split("=")[0], one.split("=")[1]);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy(parameters, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private void copy(Map<String, String> parameters, ByteArrayOutputStream out) {
    try {
      LogReader.copy(
          new LogSource.Log(file, running::get),
          LogRequest.of(parameters, Instant.parse("2026-01-01T00:00:10Z")),
          out);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
