package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.agent.volume.VolumeException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variables from a file of a volume (spec: node-agent 3.10). */
class EnvFileTest {
  @TempDir Path temp;

  @Test
  void valuesStandBetweenQuotes() throws Exception {
    String text =
        "# first\n\n  A='one'\nB='two # not a comment' # but this\nC='line 1\nline 2'\nD=''\n";
    assertThat(EnvFile.find(text, "f", "A")).isEqualTo("one");
    assertThat(EnvFile.find(text, "f", "B")).isEqualTo("two # not a comment");
    assertThat(EnvFile.find(text, "f", "C")).isEqualTo("line 1\nline 2");
    assertThat(EnvFile.find(text, "f", "D")).isEmpty();
    assertThat(EnvFile.find(text, "f", "E")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A=one", "A", "A='open", "A='x' y", "A=", "\nB\nA='x'"})
  void otherFormsAreRefused(String text) {
    assertThatThrownBy(() -> EnvFile.find(text, "f", "A"))
        .isInstanceOf(VolumeException.class)
        .hasMessageContaining("invalid environment variable format");
  }

  @Test
  void fileMayBeMissingButNotElsewhere() throws Exception {
    Path volume = Files.createDirectory(temp.resolve("v"));
    Files.writeString(temp.resolve("secret"), "A='x'\n");
    Files.createSymbolicLink(volume.resolve("out"), temp.resolve("secret"));
    assertThat(EnvFile.value(volume, "none", "A")).isNull();
    assertThatThrownBy(() -> EnvFile.value(volume, "out", "A"))
        .hasMessage("path \"out\" leaves its volume");
    Files.writeString(volume.resolve("in"), "A='x'\n");
    assertThat(EnvFile.value(volume, "in", "A")).isEqualTo("x");
  }
}
