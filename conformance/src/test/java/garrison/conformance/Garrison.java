package garrison.conformance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The program in a process of its own, with a data folder of its own, on a free port. */
final class Garrison implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("^ready .*\\n", Pattern.MULTILINE);

  private final Path data;
  private final Path output;
  private final Process process;
  private final List<String> arguments;
  private final @Nullable Machine machine;

  private Garrison(Path data, Path output, @Nullable Machine machine, List<String> arguments) {
    this.data = data;
    this.output = output;
    this.machine = machine;
    this.arguments = arguments;
    this.process = launch(output, machine, arguments);
  }

  /**
   * Starts a server, by a command such as {@code server} or {@code up}, and waits until it is
   * ready; the same folder again is the same server again.
   */
  static Garrison start(Path folder, String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--port", "0"));
    arguments.addAll(List.of(options));
    return ready(folder.resolve("data"), null, command, arguments);
  }

  /** The same on that machine, where any port is free that is named. */
  static Garrison on(Machine machine, Path folder, String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    if (!arguments.contains("--port")) {
      arguments.addAll(List.of("--port", "0"));
    }
    return ready(folder.resolve("data"), machine, command, arguments);
  }

  /**
   * Starts the agent of a node that joins this server, and waits until the node is ready; the same
   * folder again is the same node again.
   */
  Garrison agent(Path folder, String node, String... options)
      throws InterruptedException, IOException {
    String created =
        run(folder, machine, "token", "create", "--kubeconfig", kubeconfig().toString());
    if (!created.endsWith("exit 0\n")) {
      throw new AssertionError("token create: " + created);
    }
    Path token = folder.resolve("token");
    Files.writeString(
        token, created.lines().filter(line -> !line.contains(" ")).findFirst().orElseThrow());
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server",
                url(),
                "--token-file",
                token.toString(),
                "--name",
                node,
                "--address",
                "127.0.0.1"));
    arguments.addAll(List.of(options));
    return ready(folder.resolve(node), machine, "agent", arguments);
  }

  /** Starts the agent of a node of any Kubernetes, with these options. */
  static Garrison agentOf(Machine machine, Path folder, String node, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--name", node));
    arguments.addAll(List.of(options));
    return ready(folder.resolve(node), machine, "agent", arguments);
  }

  /** Starts the DaemonSet controller of a Kubernetes, with these options. */
  static Garrison controllerOf(Path folder, Path kubeconfig, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("controller", "--kubeconfig", kubeconfig.toString(), "--secure-port", "0"));
    arguments.addAll(List.of(options));
    Path output = folder.resolve("controller-" + System.nanoTime() + ".log");
    Garrison controller = new Garrison(folder, output, null, List.copyOf(arguments));
    controller.awaitReady();
    return controller;
  }

  /** Starts the same again after its end, on the same port, and does not wait for anything. */
  Garrison again() {
    List<String> same = new ArrayList<>(arguments);
    int port = same.indexOf("--port") + 1;
    if (port > 0 && same.get(port).equals("0")) {
      same.set(port, Integer.toString(URI.create(url()).getPort()));
    }
    return new Garrison(
        data, data.resolveSibling("again-" + System.nanoTime() + ".log"), machine, same);
  }

  private static Garrison ready(
      Path data, @Nullable Machine machine, String command, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of(command, "--data", data.toString()));
    arguments.addAll(options);
    Path output = data.resolveSibling(command + "-" + System.nanoTime() + ".log");
    Garrison garrison = new Garrison(data, output, machine, List.copyOf(arguments));
    garrison.awaitReady();
    return garrison;
  }

  /** Waits until it says that it is ready: what was started by {@link #again} has not yet. */
  void awaitReady() {
    await("ready")
        .atMost(START)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(arguments.getFirst() + " ended: " + output());
              }
              return READY.matcher(output()).find();
            });
  }

  /** Runs a command to its end; its output, then its exit code on a line of its own. */
  static String run(Path folder, String... arguments) throws InterruptedException {
    return run(folder, null, arguments);
  }

  private static String run(Path folder, @Nullable Machine machine, String... arguments)
      throws InterruptedException {
    Path output = folder.resolve("run-" + System.nanoTime() + ".log");
    Process process = launch(output, machine, List.of(arguments));
    if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", arguments) + " does not end");
    }
    return read(output) + "exit " + process.exitValue() + "\n";
  }

  private static Process launch(Path output, @Nullable Machine machine, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "garrison.cli.Main"));
    line.addAll(arguments);
    try {
      return new ProcessBuilder(machine == null ? line : machine.line(line))
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it runs; null for this machine. */
  @Nullable Machine machine() {
    return machine;
  }

  /** All that it printed so far. */
  String output() {
    return read(output);
  }

  /** The administrator's kubeconfig. */
  Path kubeconfig() {
    return data.resolve("kubeconfig");
  }

  /** The data folder. */
  Path data() {
    return data;
  }

  /** The API's address. */
  String url() {
    return output()
        .lines()
        .filter(line -> line.startsWith("ready "))
        .map(line -> line.substring("ready ".length()))
        .findFirst()
        .orElseThrow();
  }

  /** The process. */
  Process process() {
    return process;
  }

  /** Ends it as {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
