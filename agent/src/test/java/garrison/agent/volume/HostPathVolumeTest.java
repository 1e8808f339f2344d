package garrison.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** hostPath of every type (spec: node-agent 3.11). */
class HostPathVolumeTest {
  @TempDir Path temp;

  @BeforeEach
  void machine() throws IOException {
    temp = temp.toRealPath();
    Files.createDirectory(temp.resolve("dir"));
    Files.createFile(temp.resolve("file"));
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(temp.resolve("socket")));
    }
    Files.createSymbolicLink(temp.resolve("link"), Path.of("dir"));
  }

  private Path prepare(String path, String type) throws VolumeException {
    return new HostPathVolume(path.replace("T/", temp + "/"), type, true)
        .prepare(HostPathGuard.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "T/dir, ''",
    "T/file, ''",
    "T/socket, ''",
    "T/dir, Directory",
    "T/link, Directory",
    "T/dir, DirectoryOrCreate",
    "T/new/deep, DirectoryOrCreate",
    "T/file, File",
    "T/file, FileOrCreate",
    "T/new-file, FileOrCreate",
    "T/socket, Socket",
    "/dev/null, CharDevice",
  })
  void taken(String path, String type) throws Exception {
    assertThat(prepare(path, type)).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "T/file | Directory | hostPath type check failed: T/file is not a directory, it's a File",
        "T/file | DirectoryOrCreate | hostPath type check failed: T/file is not a directory, it's a File",
        "T/dir | File | hostPath type check failed: T/dir is not a file, it's a Directory",
        "T/dir | FileOrCreate | hostPath type check failed: T/dir is not a file, it's a Directory",
        "T/socket | File | hostPath type check failed: T/socket is not a file, it's a Socket",
        "T/dir | Socket | hostPath type check failed: T/dir is not a socket file, it's a Directory",
        "T/dir | CharDevice | hostPath type check failed: T/dir is not a character device, it's a Directory",
        "/dev/null | BlockDevice | hostPath type check failed: /dev/null is not a block device, it's a CharDevice",
        "T/no | Directory | hostPath type check failed, T/no is not a directory, unable to determine its type: path \"T/no\" does not exist",
        "T/no | Socket | hostPath type check failed, T/no is not a socket file, unable to determine its type: path \"T/no\" does not exist",
        "T/no/file | FileOrCreate | open T/no/file: no such file or directory",
        "T/../x | Directory | invalid HostPath `T/../x`: must not contain '..'",
        "relative | '' | invalid HostPath `relative`: must be an absolute path",
      })
  void refused(String path, String type, String why) {
    assertThatThrownBy(() -> prepare(path, type))
        .isInstanceOf(VolumeException.class)
        .hasMessage(why.replace("T/", temp + "/"));
  }

  @Test
  void whatIsMadeHasTheUsualModes() throws Exception {
    assertThat(Files.getPosixFilePermissions(prepare("T/new", "DirectoryOrCreate")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(Files.getPosixFilePermissions(prepare("T/f", "FileOrCreate")))
        .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(prepare("T/untyped/deep", "")).isDirectory();
  }
}
