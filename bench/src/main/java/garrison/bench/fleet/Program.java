package garrison.bench.fleet;

import garrison.bench.BenchFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The program under test, in a process of its own, started by its own launcher as a user starts it.
 * What it logs goes to a file.
 */
final class Program implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final Path log;
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private Program(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a command such as {@code server}.
   *
   * @param folder where its log goes
   */
  static Program start(Path launcher, Path folder, String... arguments) {
    List<String> line = new ArrayList<>(List.of(launcher.toString()));
    line.addAll(List.of(arguments));
    Path log = folder.resolve(arguments[0] + ".log");
    try {
      Process process = new ProcessBuilder(line).redirectError(log.toFile()).start();
      Program program = new Program(arguments[0], process, log);
      Thread.ofVirtual().name("output of " + arguments[0]).start(program::read);
      return program;
    } catch (IOException e) {
      throw new BenchFailure(launcher + " cannot be started: " + e.getMessage(), e);
    }
  }

  /** Runs a command to its end; its output. */
  static String run(Path launcher, Path folder, String... arguments) throws InterruptedException {
    List<String> line = new ArrayList<>(List.of(launcher.toString()));
    line.addAll(List.of(arguments));
    Path log = folder.resolve(arguments[0] + ".log");
    try {
      Process process = new ProcessBuilder(line).redirectError(log.toFile()).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new BenchFailure(
            "garrison " + arguments[0] + " failed: " + Files.readString(log).strip());
      }
      return output.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its line {@code ready …}; what stands behind that word. */
  String awaitReady() throws InterruptedException {
    try {
      return ready.get(START.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new BenchFailure("garrison " + name + " ended at its start: " + lastLine(), e);
    } catch (TimeoutException e) {
      throw new BenchFailure("garrison " + name + " is not ready after " + START, e);
    }
  }

  /** The command it runs. */
  String name() {
    return name;
  }

  /** What it has used so far. */
  Usage usage() {
    return Usage.of(process);
  }

  /** The lines of its log that are warnings or errors. */
  List<String> complaints() {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("ready ")) {
          ready.complete(line.substring("ready ".length()));
        }
      }
      ready.completeExceptionally(new IOException("end of output"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  private String lastLine() {
    try {
      return Files.readString(log).strip().lines().reduce("no message", (before, line) -> line);
    } catch (IOException e) {
      return "no message";
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
