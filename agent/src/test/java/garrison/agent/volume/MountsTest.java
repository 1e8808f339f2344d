package garrison.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes in memory. */
class MountsTest {
  @TempDir Path temp;

  @AfterEach
  void unmount() throws IOException {
    Mounts.removeBelow(temp);
  }

  @Test
  void memoryHoldsNoMoreThanItsSize() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")));
    Path volume = Files.createDirectory(temp.resolve("with blank"));
    Mounts.memory(volume, 1 << 20);
    Mounts.memory(volume, 1 << 20); // once is enough

    assertThat(Files.getFileStore(volume).type()).isEqualTo("tmpfs");
    assertThat(Files.getFileStore(volume).getTotalSpace()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> Files.write(volume.resolve("big"), new byte[2 << 20]))
        .hasMessageContaining("No space left");
    assertThat(Mounts.isMountPoint(volume)).isTrue();

    Mounts.removeBelow(temp);
    assertThat(Mounts.isMountPoint(volume)).isFalse();
    assertThat(volume).isEmptyDirectory();
  }

  @Test
  void allBelowGoesTheInnermostFirst() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")));
    Path outer = Files.createDirectory(temp.resolve("outer"));
    Mounts.memory(outer, 0);
    Path inner = Files.createDirectory(outer.resolve("inner"));
    Mounts.memory(inner, 0);
    assertThat(Mounts.below(outer)).containsExactly(inner.toRealPath());
    Mounts.removeBelow(temp);
    assertThat(outer).isEmptyDirectory();
  }

  @Test
  void failureSaysWhatMountSaid() {
    assertThatThrownBy(() -> Mounts.hugePages(temp.resolve("none"), "2M"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void mountTableIsReadWithItsEscapes() {
    assertThat(
            Mounts.points(
                List.of(
                    "22 1 0:20 / / rw - ext4 /dev/root rw",
                    "23 22 0:21 / /a\\040b\\134c rw,nosuid shared:3 - tmpfs tmpfs rw")))
        .containsExactly(Path.of("/"), Path.of("/a b\\c"));
  }

  @Test
  void aDirectoryIsSharedByTheMountThatItIsOn() {
    List<String> table =
        List.of(
            "20 1 8:1 / / rw shared:1 - ext4 /dev/sda rw",
            "21 20 8:2 / /var rw - ext4 /dev/sdb rw",
            "22 21 8:2 /pods /var/pods rw shared:7 - ext4 /dev/sdb rw");

    assertThat(Mounts.shared(table, Path.of("/home/x"))).isTrue();
    assertThat(Mounts.shared(table, Path.of("/var/other"))).isFalse();
    assertThat(Mounts.shared(table, Path.of("/var/pods/u/volumes"))).isTrue();
  }

  @Test
  void aPrivateDirectoryIsSharedOnce() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")));
    Path pods = Files.createDirectory(temp.resolve("pods"));
    Mounts.share(pods);
    int mounts = Mounts.points(Files.readAllLines(Path.of("/proc/self/mountinfo"))).size();
    Mounts.share(pods);

    assertThat(Mounts.shared(Files.readAllLines(Path.of("/proc/self/mountinfo")), pods)).isTrue();
    assertThat(Mounts.points(Files.readAllLines(Path.of("/proc/self/mountinfo")))).hasSize(mounts);
  }
}
