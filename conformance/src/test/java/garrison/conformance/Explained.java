package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code garrison explain} and {@code garrison plan} say of a server, and their fixes, done.
 */
final class Explained {
  private final Path kubeconfig;

  Explained(Path kubeconfig) {
    this.kubeconfig = kubeconfig;
  }

  /** Runs the program; what it says. It must succeed. */
  String said(String... arguments) {
    String output = tried(arguments);
    assertThat(output).endsWith("exit 0\n");
    return output.substring(0, output.length() - "exit 0\n".length());
  }

  /**
   * Runs the program's command line in this process, which is many times faster than in one of its
   * own; what it says, and its exit code on a line of its own.
   */
  String tried(String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    line.add("--kubeconfig");
    line.add(kubeconfig.toString());
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = System.out;
    PrintStream err = System.err;
    try (PrintStream here = new PrintStream(said, true, StandardCharsets.UTF_8)) {
      System.setOut(here);
      System.setErr(here);
      int code = Main.run(line.toArray(String[]::new));
      here.print("exit " + code + "\n");
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  /** The commands in an explanation, as they were printed. */
  static List<String> fixes(String explanation) {
    return explanation
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("kubectl "))
        .toList();
  }

  /** Gives a printed command to a shell, just as it is. */
  void does(String command) {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder
        .environment()
        .merge(
            "PATH",
            RealPart.of("kubectl").getParent().toString(),
            (path, more) -> more + File.pathSeparator + path);
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
