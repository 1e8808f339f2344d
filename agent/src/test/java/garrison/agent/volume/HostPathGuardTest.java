package garrison.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The owner lets pods mount log (read-only) and data; every link here is a real one. */
class HostPathGuardTest {
  @TempDir Path temp;
  private HostPathGuard guard;

  @BeforeEach
  void machine() throws IOException {
    temp = temp.toRealPath();
    for (String directory :
        new String[] {"log/app", "data/deep", "data-of-others", "secret/deep", "elsewhere"}) {
      Files.createDirectories(temp.resolve(directory));
    }
    Files.writeString(temp.resolve("secret/key"), "k");
    link("data/out", temp.resolve("secret"));
    link("data/up", Path.of("../secret"));
    link("data/file", temp.resolve("secret/key"));
    link("data/chain", Path.of("chain2"));
    link("data/chain2", Path.of("out"));
    link("data/loop", Path.of("loop"));
    link("data/dangling", temp.resolve("secret/new"));
    link("data/inside", Path.of("deep"));
    link("data/tolog", temp.resolve("log"));
    link("in", temp.resolve("data"));
    link("data/deep/above", Path.of("../.."));
    guard =
        new HostPathGuard(
            List.of(
                HostPathGuard.Allowed.parse(temp + "/log:ro"),
                HostPathGuard.Allowed.parse(temp + "/data")));
  }

  private void link(String name, Path target) throws IOException {
    Files.createSymbolicLink(temp.resolve(name), target);
  }

  @ParameterizedTest
  @CsvSource({
    // asked, writable, allowed
    "log,              false, true",
    "log,              true,  false",
    "log/app,          false, true",
    "log/app,          true,  false",
    "log/not-yet,      false, true",
    "data,             true,  true",
    "data/deep,        true,  true",
    "data/not/yet,     true,  true",
    "data/inside,      true,  true",
    "data/./deep/,     true,  true",
    "in/deep,          true,  true",
    // What only looks like it.
    "data-of-others,   false, false",
    "dat,              false, false",
    "secret,           false, false",
    "'',               false, false",
    "/,                false, false",
    "/etc,             false, false",
    // Links that lead out, at the end, in the middle, in chains, up, and to nothing.
    "data/out,         false, false",
    "data/out/deep,    false, false",
    "data/up,          false, false",
    "data/up/deep,     false, false",
    "data/file,        false, false",
    "data/chain,       false, false",
    "in/out,           false, false",
    "data/dangling,    false, false",
    "data/dangling/x,  false, false",
    "data/deep/above,  false, false",
    "data/deep/above/secret, false, false",
    // A link from where may be written to where may only be read.
    "data/tolog,       false, true",
    "data/tolog,       true,  false",
  })
  void table(String asked, boolean writable, boolean allowed) throws IOException {
    String path = asked.startsWith("/") ? asked : temp + "/" + asked;
    String refusal = guard.refusal(path, HostPathGuard.realPath(path), writable);
    if (allowed) {
      assertThat(refusal).isNull();
    } else {
      assertThat(refusal).contains("hostPath " + path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DirectoryOrCreate", "FileOrCreate"})
  void nothingIsMadeOutsideOfWhatIsAllowed(String type) {
    for (String asked : List.of("secret/made", "data/out/made", "data/dangling", "data/up/a/b")) {
      assertThatThrownBy(() -> new HostPathVolume(temp + "/" + asked, type, false).prepare(guard))
          .as(asked)
          .isInstanceOf(VolumeException.class)
          .hasMessageContaining("is not among those that this node lets pods mount");
    }
    assertThat(temp.resolve("secret/made")).doesNotExist();
    assertThat(temp.resolve("secret/new")).doesNotExist();
    assertThat(temp.resolve("secret/a")).doesNotExist();
  }

  @Test
  void whatIsAllowedIsMadeAndAnsweredWithoutLinks() throws Exception {
    assertThat(new HostPathVolume(temp + "/in/new/dir", "DirectoryOrCreate", true).prepare(guard))
        .isEqualTo(temp.resolve("data/new/dir"))
        .isDirectory();
    assertThat(new HostPathVolume(temp + "/data/inside", "Directory", true).prepare(guard))
        .isEqualTo(temp.resolve("data/deep"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/data/../secret", "/data/deep/../../secret", "/../etc", "/data/.."})
  void dotsAreRefusedWhateverTheyLeadTo(String path) {
    assertThatThrownBy(() -> new HostPathVolume(temp + path, "", false).prepare(guard))
        .hasMessage("invalid HostPath `" + temp + path + "`: must not contain '..'");
  }

  @Test
  void loopOfLinksIsNoPath() {
    assertThatThrownBy(() -> new HostPathVolume(temp + "/data/loop", "", false).prepare(guard))
        .isInstanceOf(VolumeException.class);
  }

  @Test
  void linksInTheAllowedPathsThemselvesAreFollowed() throws Exception {
    link("alias", temp.resolve("elsewhere"));
    HostPathGuard aliased =
        new HostPathGuard(List.of(HostPathGuard.Allowed.parse(temp + "/alias")));
    assertThat(new HostPathVolume(temp + "/elsewhere", "", true).prepare(aliased)).isDirectory();
    assertThat(new HostPathVolume(temp + "/alias", "", true).prepare(aliased))
        .isEqualTo(temp.resolve("elsewhere"));
    // Whoever may write the place of an alias is the owner: it counts as it is now.
    Files.delete(temp.resolve("alias"));
    link("alias", temp.resolve("secret"));
    assertThatThrownBy(() -> new HostPathVolume(temp + "/elsewhere", "", true).prepare(aliased))
        .isInstanceOf(VolumeException.class);
  }

  @Test
  void widerRightCountsWhereBothAreGiven() throws Exception {
    HostPathGuard both =
        new HostPathGuard(
            List.of(
                HostPathGuard.Allowed.parse(temp + "/log:ro"),
                HostPathGuard.Allowed.parse(temp + "/log/app")));
    assertThat(both.readOnly(temp.resolve("log"))).isTrue();
    assertThat(both.readOnly(temp.resolve("log/app"))).isFalse();
    assertThat(both.readOnly(temp.resolve("secret"))).isFalse();
    assertThat(HostPathGuard.NONE.readOnly(temp.resolve("log"))).isFalse();
    assertThat(both.refusal(temp + "/log/app", temp.resolve("log/app"), true)).isNull();
  }

  @Test
  void readOnlyPlaceSaysWhatToDo() {
    assertThatThrownBy(() -> new HostPathVolume(temp + "/log", "", true).prepare(guard))
        .hasMessage(
            "hostPath "
                + temp
                + "/log may be mounted read-only only on this node: set readOnly: true on its"
                + " volumeMounts");
  }

  @Test
  void noneGivenAllowsEverything() throws Exception {
    assertThat(
            new HostPathVolume(temp + "/data/out", "Directory", true).prepare(HostPathGuard.NONE))
        .isEqualTo(temp.resolve("secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"var/log", "", ":ro", "/var/../etc", "/..:ro"})
  void malformedRuleSaysHowToWriteOne(String text) {
    assertThatThrownBy(() -> HostPathGuard.Allowed.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/var/log:ro");
  }

  @Test
  void realPathIsThatOfTheSystemWhereThereIsSomething() throws IOException {
    for (String name : List.of("data/out", "data/up/deep", "in/inside", "data/chain", "log")) {
      Path path = temp.resolve(name);
      assertThat(RealPath.of(path)).isEqualTo(path.toRealPath());
      assertThat(Files.exists(RealPath.of(path), LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
  }
}
