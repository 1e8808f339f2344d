package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real program that a suite needs, on PATH or where {@code ./verify} put it. */
final class RealPart {
  private RealPart() {}

  /**
   * Where the program is. The suite is skipped, with a line that says so, where it cannot be had;
   * with CI=true that is a failure.
   */
  static Path of(String name) {
    List<Path> folders = new ArrayList<>();
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      folders.add(Path.of(folder));
    }
    String parts = System.getenv("GARRISON_PARTS");
    if (parts != null) {
      folders.add(Path.of(parts, "bin"));
      folders.add(Path.of(parts, "usr", "bin"));
    }
    Optional<Path> found =
        folders.stream()
            .map(folder -> folder.resolve(name))
            .filter(Files::isExecutable)
            .findFirst();
    if ("true".equals(System.getenv("CI"))) {
      assertThat(found).as("%s on PATH or from ./verify", name).isPresent();
    }
    assumeTrue(found.isPresent(), () -> "there is no " + name + " here: this suite is skipped");
    return found.orElseThrow();
  }
}
