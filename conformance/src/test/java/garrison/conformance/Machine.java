package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A machine of a suite's own: processes of this one with a network, mounts, a {@code /run} and a
 * {@code /var/log} apart, so that nothing of this machine changes. It is there as long as its first
 * process; its mounts and links go with its last one. Needs root.
 */
final class Machine implements AutoCloseable {
  private final Path folder;
  private final Process first;

  private Machine(Path folder, Process first) {
    this.folder = folder;
    this.first = first;
  }

  /** Starts one with its files in that folder; the suite is skipped where that cannot be had. */
  static Machine start(Path folder) throws IOException {
    needRoot();
    Path log = Files.createDirectories(folder.resolve("var-log"));
    Process first =
        new ProcessBuilder(
                RealPart.of("unshare").toString(),
                "--net",
                "--mount",
                "--propagation",
                "slave",
                "sleep",
                "infinity")
            .start();
    Machine machine = new Machine(folder, first);
    await().until(() -> apart(first.pid()));
    machine.run(
        "sh",
        "-ec",
        "mount --make-rshared /; mount -t tmpfs tmpfs /run; mkdir -p /run/netns /run/lock;"
            + " mount --bind '"
            + log
            + "' /var/log; ip link set lo up");
    return machine;
  }

  /** Skips the suite where we are not root; with CI=true that is a failure. */
  static void needRoot() throws IOException {
    boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    if ("true".equals(System.getenv("CI"))) {
      assertThat(root).as("containers need root").isTrue();
    }
    assumeTrue(root, "containers need root: this suite is skipped");
  }

  /** Whether it has left our namespaces: it does so after it was started. */
  private static boolean apart(long pid) throws IOException {
    Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
    String program = Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
    return program.equals("sleep")
        && !own.equals(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/mnt")));
  }

  /** Gives it an address of a network of its own, which its pods reach too. */
  void link(String address) {
    run(
        "sh",
        "-ec",
        "ip link add node0 type bridge; ip addr add "
            + address
            + "/24 dev node0; ip link set node0 up");
  }

  /** Its {@code /var/log}, as it is seen from here. */
  Path varLog() {
    return folder.resolve("var-log");
  }

  /** The line that runs a command on it. */
  List<String> line(List<String> command) {
    List<String> line =
        new ArrayList<>(
            List.of(
                RealPart.of("nsenter").toString(),
                "-t",
                String.valueOf(first.pid()),
                "-n",
                "-m",
                "--"));
    line.addAll(command);
    return line;
  }

  /** What a run came to. */
  record Result(int code, String output) {}

  /** Runs a command to its end; it must succeed. */
  String run(String... command) {
    Result result = tryRun(command);
    assertThat(result.code()).as("%s: %s", String.join(" ", command), result.output()).isZero();
    return result.output();
  }

  /** Runs a command to its end. */
  Result tryRun(String... command) {
    try {
      Path output = Files.createTempFile(folder, "run", "");
      Process process =
          RealPart.withLibraries(new ProcessBuilder(line(List.of(command))))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(String.join(" ", command) + " does not end");
      }
      String text = Files.readString(output);
      Files.delete(output);
      return new Result(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    first.destroyForcibly();
  }
}
