package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The real kubectl of this machine. */
final class Kubectl {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path program;
  private final Path kubeconfig;
  private final Path folder;
  private final List<String> credentials;
  private final @Nullable Machine machine;

  /** What a call came to; standard error is told apart because warnings go there. */
  record Result(int code, String out, String err) {}

  private Kubectl(
      Path program,
      Path kubeconfig,
      Path folder,
      List<String> credentials,
      @Nullable Machine machine) {
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.folder = folder;
    this.credentials = credentials;
    this.machine = machine;
  }

  /** Skips the test where there is no kubectl; with CI=true that is a failure. */
  static Kubectl against(Garrison server) {
    return new Kubectl(
        RealPart.of("kubectl"), server.kubeconfig(), Path.of(""), List.of(), server.machine());
  }

  /** The same, run in a folder, whose files it then names as they are named there. */
  Kubectl in(Path other) {
    return new Kubectl(program, kubeconfig, other, credentials, machine);
  }

  /** As the bearer of a token, who knows of no kubeconfig. */
  Kubectl as(String server, Path authority, String token) throws IOException {
    Path none = Files.createTempFile(kubeconfig.getParent(), "kubeconfig", "");
    return new Kubectl(
        program,
        none,
        folder,
        List.of(
            "--server", server, "--certificate-authority", authority.toString(), "--token", token),
        machine);
  }

  /** How a command line begins, for who runs it otherwise. */
  List<String> line() {
    List<String> line = List.of(program.toString(), "--kubeconfig", kubeconfig.toString());
    return machine == null ? line : machine.line(line);
  }

  /** Runs it; what it prints on standard output. It must succeed. */
  String run(String... arguments) {
    Result result = tryRun("", arguments);
    assertThat(result.code())
        .as("kubectl %s: %s%s", String.join(" ", arguments), result.out(), result.err())
        .isZero();
    return result.out();
  }

  /** Runs it again and again until it prints just that. */
  void await(String output, String... arguments) {
    Awaitility.await(String.join(" ", arguments))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(run(arguments)).isEqualTo(output));
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
    try (Background running = start(input, arguments)) {
      if (!running.process().waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError(
            "kubectl " + String.join(" ", arguments) + " does not end: " + running.output());
      }
      return new Result(running.process().exitValue(), running.output(), running.errors());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts it, and leaves it running until it is closed. */
  Background start(String... arguments) {
    return start("", arguments);
  }

  private Background start(String input, String... arguments) {
    List<String> line =
        new ArrayList<>(List.of(program.toString(), "--kubeconfig", kubeconfig.toString()));
    line.addAll(credentials);
    line.addAll(List.of(arguments));
    try {
      Path in = Files.writeString(Files.createTempFile(kubeconfig.getParent(), "in", ""), input);
      Path out = Files.createTempFile(kubeconfig.getParent(), "out", "");
      Path err = Files.createTempFile(kubeconfig.getParent(), "err", "");
      ProcessBuilder builder =
          new ProcessBuilder(machine == null ? line : machine.line(line))
              .directory(folder.toAbsolutePath().toFile())
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("HOME", kubeconfig.getParent().toString());
      return new Background(builder.start(), in, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A kubectl that may still run; closing it ends it, and removes its files.
   *
   * @param process itself
   * @param in what it reads
   * @param out what it prints
   * @param err what it complains of
   */
  record Background(Process process, Path in, Path out, Path err) implements AutoCloseable {
    /** What it has printed so far; the last line may be half there. */
    String output() {
      return text(out);
    }

    /** What it has complained of so far. */
    String errors() {
      return text(err);
    }

    private static String text(Path file) {
      try {
        return Files.readString(file, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        process.waitFor();
        for (Path file : List.of(in, out, err)) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
