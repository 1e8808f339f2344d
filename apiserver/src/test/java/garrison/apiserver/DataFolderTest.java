package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One server for one folder, and only for one of ours. */
class DataFolderTest {
  @TempDir private Path place;

  @Test
  void secondServerIsToldOfTheFirst() {
    Path folder = place.resolve("data");
    try (DataFolder held = DataFolder.hold(folder)) {
      assertThat(held.path()).isAbsolute();
      assertThatThrownBy(() -> DataFolder.hold(folder))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("another garrison server uses the data folder " + folder)
          .hasMessageContaining("--data");
    }
    DataFolder.hold(folder).close();
  }

  @Test
  void folderIsTheOwnersAlone() throws IOException {
    try (DataFolder held = DataFolder.hold(place.resolve("a/b"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(held.path())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void foreignFilesAreLeftAlone() throws IOException {
    Files.writeString(place.resolve("letter.txt"), "dear");
    assertThatThrownBy(() -> DataFolder.hold(place))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is no Garrison data folder, it holds letter.txt");
    assertThat(place).isDirectoryNotContaining("glob:**.lock");
  }

  @Test
  void fileIsNoFolder() throws IOException {
    Path file = Files.writeString(place.resolve("x"), "x");
    assertThatThrownBy(() -> DataFolder.hold(file))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is a file");
    assertThatThrownBy(() -> DataFolder.hold(file.resolve("below")))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("choose a folder that you may write to");
  }
}
