package garrison.model.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resource beside {@link Schema} is what its script makes of the tables. */
class TablesTest {
  @TempDir private Path folder;

  private static String resource() throws IOException {
    try (InputStream in = Schema.class.getResourceAsStream("structs.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Path script() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve(".mvn"))) {
      root = Objects.requireNonNull(root.getParent(), "not inside the checkout");
    }
    return root.resolve("model/src/schema/CondenseTables.java");
  }

  private String condensed(Path tables) throws IOException, InterruptedException {
    Path output = folder.resolve("structs.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                script().toString(),
                tables.toString())
            .redirectOutput(output.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(output);
  }

  @Test
  void theResourceIsMadeFromTheTables() throws Exception {
    assumeTrue(SharedFiles.present());
    assertThat(condensed(SharedFiles.path("spec"))).isEqualTo(resource());
  }

  @Test
  void tablesThatDisagreeAreRefused() throws Exception {
    assumeTrue(SharedFiles.present());
    Path tables = Files.createDirectory(folder.resolve("tables"));
    for (String name : new String[] {"fields.tsv", "merge-keys.tsv"}) {
      String text = Files.readString(SharedFiles.path("spec/" + name));
      Files.writeString(
          tables.resolve(name),
          name.equals("fields.tsv")
              ? text.replaceFirst("\tmerge\tname\t", "\tmerge\tuid\t")
              : text);
    }
    assertThat(condensed(tables)).contains("the tables disagree about the patchMergeKey of ");
  }

  @Test
  void membersCarryWhatTheTablesSay() {
    Field ports = Objects.requireNonNull(Schema.struct("core.v1.Container").field("ports"));
    assertThat(ports.merges()).isTrue();
    assertThat(ports.patchMergeKey()).isEqualTo("containerPort");
    assertThat(ports.listMapKeys()).containsExactly("containerPort", "protocol");
    Field protocol =
        Objects.requireNonNull(Schema.struct("core.v1.ContainerPort").field("protocol"));
    assertThat(protocol.defaultText()).isEqualTo("TCP");
    assertThat(protocol.required()).isFalse();
    Field selector =
        Objects.requireNonNull(Schema.struct("apps.v1.DaemonSetSpec").field("selector"));
    assertThat(selector.required()).isTrue();
    assertThat(selector.pointer()).isTrue();
  }
}
