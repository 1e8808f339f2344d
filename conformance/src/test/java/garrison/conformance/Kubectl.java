package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The real kubectl of this machine. */
final class Kubectl {
  private final Path program;
  private final Path kubeconfig;
  private final Path folder;

  /** What a call came to; standard error is told apart because warnings go there. */
  record Result(int code, String out, String err) {}

  private Kubectl(Path program, Path kubeconfig, Path folder) {
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.folder = folder;
  }

  /** Skips the test where there is no kubectl; with CI=true that is a failure. */
  static Kubectl against(Garrison server) {
    return new Kubectl(RealPart.of("kubectl"), server.kubeconfig(), Path.of(""));
  }

  /** The same, run in a folder, whose files it then names as they are named there. */
  Kubectl in(Path other) {
    return new Kubectl(program, kubeconfig, other);
  }

  /** Runs it; what it prints on standard output. It must succeed. */
  String run(String... arguments) {
    Result result = tryRun("", arguments);
    assertThat(result.code())
        .as("kubectl %s: %s%s", String.join(" ", arguments), result.out(), result.err())
        .isZero();
    return result.out();
  }

  /** The same, with a text on standard input. */
  String runWith(String input, String... arguments) {
    Result result = tryRun(input, arguments);
    assertThat(result.code())
        .as("kubectl %s: %s%s", String.join(" ", arguments), result.out(), result.err())
        .isZero();
    return result.out();
  }

  /** Runs it, whatever comes of it. */
  Result tryRun(String input, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of(program.toString(), "--kubeconfig", kubeconfig.toString()));
    line.addAll(List.of(arguments));
    try {
      Path in = Files.writeString(Files.createTempFile(kubeconfig.getParent(), "in", ""), input);
      Path out = Files.createTempFile(kubeconfig.getParent(), "out", "");
      Path err = Files.createTempFile(kubeconfig.getParent(), "err", "");
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(folder.toAbsolutePath().toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("HOME", kubeconfig.getParent().toString());
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", line) + " does not end: " + text(out));
      }
      Result result = new Result(process.exitValue(), text(out), text(err));
      Files.delete(in);
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
