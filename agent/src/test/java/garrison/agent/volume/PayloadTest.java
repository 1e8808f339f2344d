package garrison.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of volumes, swapped as a whole (spec: node-agent 3.11). */
class PayloadTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.5Z");

  @TempDir Path temp;

  private static Payload payload(String... files) throws VolumeException {
    Payload payload = new Payload(null);
    for (int i = 0; i < files.length; i += 2) {
      payload.add(files[i], files[i + 1].getBytes(StandardCharsets.UTF_8), 0644);
    }
    return payload;
  }

  @Test
  void filesAreSwappedAsAWhole() throws Exception {
    payload("a", "1", "dir/b", "2").write(temp, NOW);
    Path first = temp.resolve("..data").toRealPath();
    assertThat(first).hasFileName("..2026_11_25_10_00_00.500000000");
    assertThat(temp.resolve("a")).hasContent("1").isSymbolicLink();
    assertThat(temp.resolve("dir/b")).hasContent("2");

    payload("a", "3").write(temp, NOW);

    assertThat(temp.resolve("a")).hasContent("3");
    assertThat(temp.resolve("dir")).doesNotExist();
    assertThat(first).doesNotExist();
  }

  @Test
  void sameFilesAreNotWrittenAgain() throws Exception {
    payload("a", "1").write(temp, NOW);
    Path first = temp.resolve("..data").toRealPath();

    payload("a", "1").write(temp, NOW.plusSeconds(60));

    assertThat(temp.resolve("..data").toRealPath()).isEqualTo(first);
  }

  @Test
  void changeOfAModeIsAChange() throws Exception {
    payload("a", "1").write(temp, NOW);
    Payload closed = new Payload(null);
    closed.add("a", new byte[] {'1'}, 0400);
    closed.write(temp, NOW);

    assertThat(Files.getPosixFilePermissions(temp.resolve("a")))
        .isEqualTo(PosixFilePermissions.fromString("r--------"));
  }

  @Test
  void nothingIsAVersionToo() throws Exception {
    payload().write(temp, NOW);
    assertThat(Payload.written(temp)).isTrue();
    payload("a", "1").write(temp, NOW);
    payload().write(temp, NOW);
    assertThat(temp.resolve("a")).doesNotExist();
  }

  @Test
  void versionThatACrashLeftHalfDoneIsPassedOver() throws Exception {
    payload("a", "1").write(temp, NOW);
    Files.createDirectory(temp.resolve("..2026_11_25_10_00_00.500000001"));
    Files.createSymbolicLink(temp.resolve("..data_tmp"), Path.of("nowhere"));
    payload("a", "2").write(temp, NOW);
    assertThat(temp.resolve("a")).hasContent("2");
  }

  @Test
  void groupMayReadAllAndTheSameIsNotWrittenAgain() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")));
    for (int i = 0; i < 2; i++) {
      Payload payload = new Payload(1234L);
      payload.add("dir/a", new byte[] {'1'}, 0400);
      payload.add("b", new byte[] {'1'}, 0640, 99L);
      payload.write(temp, NOW.plusSeconds(i));
    }

    Path version = temp.resolve("..data").toRealPath();
    assertThat(version).hasFileName("..2026_11_25_10_00_00.500000000");
    assertThat(stat(version, "")).isEqualTo("0 1234 2755");
    assertThat(stat(version, "dir")).isEqualTo("0 1234 2755");
    assertThat(stat(version, "dir/a")).isEqualTo("0 1234 440");
    assertThat(stat(version, "b")).isEqualTo("99 1234 640");
  }

  private static String stat(Path version, String name) throws Exception {
    Path path = version.resolve(name);
    return Files.getAttribute(path, "unix:uid")
        + " "
        + Files.getAttribute(path, "unix:gid")
        + " "
        + Integer.toOctalString((int) Files.getAttribute(path, "unix:mode") & 07777);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/x", "../x", "a/../../x", "", "..data"})
  void pathsStayInTheVolume(String path) {
    assertThatThrownBy(() -> payload(path, "x")).isInstanceOf(VolumeException.class);
  }
}
