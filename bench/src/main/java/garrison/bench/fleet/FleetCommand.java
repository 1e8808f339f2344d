package garrison.bench.fleet;

import garrison.bench.BenchFailure;
import garrison.bench.Machine;
import garrison.client.cache.Scope;
import garrison.model.Node;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run fleet}: what a user of a large fleet waits for. */
@Command(
    name = "fleet",
    description =
        "Starts the real server with N simulated nodes, and times a DaemonSet from apply to Ready, a"
            + " roll-out, and its deletion.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class FleetCommand implements Callable<Integer> {
  private static final Duration REGISTRATION = Duration.ofMinutes(10);

  @Option(
      names = "--hollow",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many simulated nodes (${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--over-https",
      description = "The nodes in a process of their own, over HTTPS like real agents.")
  private boolean overHttps;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often, on the same server (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--max-unavailable",
      paramLabel = "N|N%%",
      defaultValue = "10%",
      description = "Of the roll-out (${DEFAULT-VALUE}).")
  private String maxUnavailable = "10%";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where to make the data folder that is thrown away; else the system's own.")
  private @Nullable Path data;

  /** Runs it and prints the figures. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    if (nodes < 1 || rounds < 1) {
      throw new BenchFailure("--hollow and --rounds must be at least 1");
    }
    Path folder =
        data == null
            ? Files.createTempDirectory("garrison-bench")
            : Files.createTempDirectory(data, "garrison-bench");
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> cleanUp(folder)));
    System.out.println("machine   " + Machine.describe(folder));
    System.out.printf(
        "fleet     %d hollow nodes %s, %d rounds%n",
        nodes,
        overHttps ? "in a process of their own, over HTTPS" : "in the server's process",
        rounds);
    measure(folder);
    return 0;
  }

  private void measure(Path folder) throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Lab lab = Lab.start(launcher(), folder, nodes, overHttps)) {
      double ready = (System.nanoTime() - start) / 1e9;
      try (Sight sight =
          Sight.open(lab.cluster(), Kinds.NODE, Scope.ALL, document -> Node.of(document).ready())) {
        sight.await(nodes, REGISTRATION, "nodes Ready");
      }
      System.out.printf(
          Locale.ROOT,
          "start     %.2f s to an API that answers, %.2f s to all nodes Ready%n%n",
          ready,
          (System.nanoTime() - start) / 1e9);
      List<Round.Result> results = new ArrayList<>();
      for (int i = 1; i <= rounds; i++) {
        results.add(new Round(lab.cluster(), lab::cpu, nodes, i).run(maxUnavailable));
      }
      print(results);
      lab.programs().forEach(FleetCommand::print);
    }
  }

  private static Path launcher() {
    String path = System.getProperty("garrison.launcher");
    if (path == null) {
      throw new BenchFailure("start it with bench/run, which knows where garrison is");
    }
    return Path.of(path);
  }

  private void print(List<Round.Result> results) {
    System.out.println(
        "seconds                         first   median  range        CPU: first, median");
    print("apply → Ready on all nodes", results, Round.Result::apply);
    print("roll-out, " + maxUnavailable + " unavailable", results, Round.Result::rollOut);
    print("delete → no pod left", results, Round.Result::delete);
    System.out.println();
  }

  private static void print(
      String what, List<Round.Result> results, Function<Round.Result, Round.Took> part) {
    List<Round.Took> all = results.stream().map(part).toList();
    Series seconds = new Series(all.stream().map(Round.Took::seconds).toList());
    Series cpu = new Series(all.stream().map(Round.Took::cpuSeconds).toList());
    System.out.printf(
        Locale.ROOT,
        "%-28s  %s  %7.2f  %7.2f%n",
        what,
        seconds.columns(),
        cpu.first(),
        cpu.median());
  }

  private static void print(Program program) {
    Usage usage = program.usage();
    System.out.printf(
        Locale.ROOT,
        "%-8s  %d MiB resident (%d MiB at most), %.1f s of CPU since its start%n",
        program.name(),
        usage.residentBytes() >> 20,
        usage.peakBytes() >> 20,
        usage.cpu().toMillis() / 1e3);
    List<String> complaints = program.complaints();
    if (!complaints.isEmpty()) {
      System.out.printf(
          "          %d warnings in its log, the first: %s%n",
          complaints.size(), complaints.getFirst());
    }
  }

  /** However it ends, Ctrl-C included: no process and no folder stays behind. */
  private static void cleanUp(Path folder) {
    List<ProcessHandle> children = ProcessHandle.current().children().toList();
    children.forEach(ProcessHandle::destroy);
    children.forEach(
        child ->
            child.onExit().orTimeout(20, TimeUnit.SECONDS).exceptionally(late -> child).join());
    try {
      delete(folder);
    } catch (IOException e) {
      System.err.println("bench: " + folder + " could not be removed: " + e.getMessage());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
