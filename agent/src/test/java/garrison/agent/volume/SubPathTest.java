package garrison.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts of a volume (spec: node-agent 3.11). */
class SubPathTest {
  @TempDir Path temp;
  private Path volume;

  @BeforeEach
  void volume() throws IOException, InterruptedException {
    temp = temp.toRealPath();
    volume = Files.createDirectory(temp.resolve("volume"));
    Files.createDirectory(temp.resolve("secret"));
    Files.createDirectory(volume.resolve("dir"));
    Files.writeString(volume.resolve("dir/file"), "x");
    Files.createSymbolicLink(volume.resolve("inside"), Path.of("dir"));
    Files.createSymbolicLink(volume.resolve("out"), temp.resolve("secret"));
    Files.createSymbolicLink(volume.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(volume.resolve("dangling"), temp.resolve("nothing"));
    link("../", "slash");
    link("./dir/.././/../secret/", "around");
  }

  /** By ln, which takes the text as it is; Java would tidy it up. */
  private void link(String text, String name) throws IOException, InterruptedException {
    Process ln = new ProcessBuilder("ln", "-s", text, volume.resolve(name).toString()).start();
    assertThat(ln.waitFor()).isZero();
  }

  private Path in(String path) throws VolumeException {
    return new SubPath("v", "c", path).in(volume);
  }

  @ParameterizedTest
  @CsvSource({
    "dir, dir",
    "dir/file, dir/file",
    "inside/file, dir/file",
    "./dir/, dir",
    "new/deep, new/deep",
    "inside/new, dir/new",
  })
  void parts(String path, String real) throws Exception {
    assertThat(in(path)).isEqualTo(volume.resolve(real)).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/etc | error SubPath `/etc` must not be an absolute path",
        "../secret | unable to provision SubPath `../secret`: must not contain '..'",
        "dir/../../secret | unable to provision SubPath `dir/../../secret`: must not contain '..'",
        "out | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "out/new | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "up/secret | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "up | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "slash | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "slash/secret | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "around | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "dangling | failed to prepare subPath for volumeMount \"v\" of container \"c\"",
        "dir/file/x | failed to create subPath directory for volumeMount \"v\" of container \"c\"",
      })
  void noneLeavesItsVolume(String path, String why) {
    assertThatThrownBy(() -> in(path)).isInstanceOf(VolumeException.class).hasMessage(why);
    assertThat(temp.resolve("secret")).isEmptyDirectory();
    assertThat(temp.resolve("nothing")).doesNotExist();
  }

  @Test
  void missingOneIsMadeWithTheModeOfTheVolume() throws Exception {
    Files.setPosixFilePermissions(volume, PosixFilePermissions.fromString("rwxrwx---"));
    in("new/deep");
    for (String made : new String[] {"new", "new/deep"}) {
      assertThat(Files.getPosixFilePermissions(volume.resolve(made)))
          .isEqualTo(PosixFilePermissions.fromString("rwxrwx---"));
    }
  }
}
