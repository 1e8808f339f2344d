package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of volumes (spec: node-agent 3.11). */
class VolumeFilesTest {
  @TempDir Path temp;

  @Test
  void filesAreSwappedAsAWhole() throws Exception {
    payload("a", "1", "dir/b", "2").write(temp);
    Path first = temp.resolve("..data").toRealPath();
    assertThat(temp.resolve("a")).hasContent("1").isSymbolicLink();
    assertThat(temp.resolve("dir/b")).hasContent("2");

    payload("a", "3").write(temp);

    assertThat(temp.resolve("a")).hasContent("3");
    assertThat(temp.resolve("dir")).doesNotExist();
    assertThat(first).doesNotExist();
  }

  @Test
  void sameFilesAreNotWrittenAgain() throws Exception {
    payload("a", "1").write(temp);
    Path first = temp.resolve("..data").toRealPath();

    payload("a", "1").write(temp);

    assertThat(temp.resolve("..data").toRealPath()).isEqualTo(first);
  }

  @Test
  void modesAreThoseAskedFor() throws Exception {
    Payload payload = new Payload();
    payload.add("secret", new byte[0], 0400);
    payload.write(temp);

    assertThat(Files.getPosixFilePermissions(temp.resolve("secret")))
        .isEqualTo(PosixFilePermissions.fromString("r--------"));
  }

  @Test
  void pathsStayInTheVolume() {
    for (String path : new String[] {"/etc/x", "../x", "a/../../x", ""}) {
      assertThatThrownBy(() -> payload(path, "x")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void hostPathsAreWhatTheirTypeSays() throws Exception {
    Path file = Files.createFile(temp.resolve("file"));
    Path made = temp.resolve("made/deep");

    assertThat(HostPath.prepare("v", made.toString(), "DirectoryOrCreate")).isDirectory();
    assertThat(HostPath.prepare("v", temp + "/new", "FileOrCreate")).isRegularFile();
    assertThat(HostPath.prepare("v", file.toString(), "File")).isEqualTo(file);
    assertThatThrownBy(() -> HostPath.prepare("v", file.toString(), "Directory"))
        .hasMessage(
            "MountVolume.SetUp failed for volume \"v\" : hostPath type check failed: "
                + file
                + " is not a directory, it's a File");
    assertThatThrownBy(() -> HostPath.prepare("v", temp + "/none", "Socket"))
        .hasMessageContaining(
            "hostPath type check failed, "
                + temp
                + "/none is not a socket file, unable to"
                + " determine its type: path \""
                + temp
                + "/none\" does not exist");
    assertThatThrownBy(() -> HostPath.prepare("v", temp + "/../x", ""))
        .hasMessageContaining("without \"..\"");
  }

  private static Payload payload(String... files) throws IOException {
    Payload payload = new Payload();
    for (int i = 0; i < files.length; i += 2) {
      payload.add(files[i], files[i + 1].getBytes(StandardCharsets.UTF_8), 0644);
    }
    return payload;
  }
}
