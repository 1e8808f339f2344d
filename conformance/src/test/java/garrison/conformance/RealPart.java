package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real program that a suite needs, on PATH or where {@code ./verify} put it. */
final class RealPart {
  /** How scripts end that would have had to build something. */
  private static final int NO_GO = 69;

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
      folders.add(Path.of(parts, "usr", "sbin"));
      folders.add(Path.of(parts, "sbin"));
    }
    return found(name, folders.stream().map(folder -> folder.resolve(name)).toList());
  }

  /** An image of the suites, as {@code conformance/images/build} made it. */
  static Path archive(String name) {
    String parts = System.getenv("GARRISON_PARTS");
    Path file = Path.of(parts == null ? "" : parts, "images", name + ".tar");
    return found("image " + name, List.of(file));
  }

  /**
   * The folder of parts of a real Kubernetes, built now where they were not yet; that takes
   * minutes. Where they are not there, and there is no Go toolchain, the suite is skipped.
   */
  static Path peers(String... names) {
    List<String> line = new ArrayList<>(List.of(Path.of("peers", "build").toString()));
    line.addAll(List.of(names));
    return Path.of(run(line.toArray(String[]::new)).strip());
  }

  private static String run(String... line) {
    try {
      Process process =
          new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code == NO_GO) {
        of("go");
      }
      assertThat(code).as(String.join(" ", line)).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Makes the images that upstream's specs ask for, unless they are made. */
  static void upstreamImages() {
    String parts = System.getenv("GARRISON_PARTS");
    archive("pause");
    run(
        Path.of("images", "upstream").toString(),
        String.valueOf(parts),
        parts + "/images",
        peers("agnhost").toString());
  }

  /** A folder of a package, installed or unpacked. */
  static Path folder(String name) {
    String parts = System.getenv("GARRISON_PARTS");
    return found(name, List.of(Path.of("/", name), Path.of(parts == null ? "/" : parts, name)));
  }

  /** With all of it in the path, and the libraries that came unpacked. */
  static ProcessBuilder withLibraries(ProcessBuilder builder) {
    String parts = System.getenv("GARRISON_PARTS");
    if (parts != null) {
      Map<String, String> environment = builder.environment();
      String path =
          String.join(
              File.pathSeparator,
              parts + "/bin",
              parts + "/usr/bin",
              parts + "/usr/sbin",
              parts + "/sbin");
      environment.merge("PATH", path, (own, more) -> own + File.pathSeparator + more);
      String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
      environment.put("LD_LIBRARY_PATH", parts + "/usr/lib/" + machine + "-linux-gnu");
    }
    return builder;
  }

  private static Path found(String name, List<Path> places) {
    Optional<Path> found =
        places.stream()
            .filter(
                path ->
                    Files.isRegularFile(path) ? Files.isReadable(path) : Files.isDirectory(path))
            .findFirst();
    if ("true".equals(System.getenv("CI"))) {
      assertThat(found).as("%s on PATH or from ./verify", name).isPresent();
    }
    assumeTrue(found.isPresent(), () -> "there is no " + name + " here: this suite is skipped");
    return found.orElseThrow();
  }
}
