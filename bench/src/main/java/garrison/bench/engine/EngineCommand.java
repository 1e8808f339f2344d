package garrison.bench.engine;

import garrison.bench.BenchFailure;
import garrison.bench.Machine;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/run engine}. */
@Command(
    name = "engine",
    description = "Times the decisions alone, under JMH, and measures what they remember.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class EngineCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "BENCHMARK",
      description = "Regular expressions of the benches to run; all, and the memory, without.")
  private List<String> names = List.of();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      split = ",",
      description = "Sizes of the fleet; else 1000, 10000, 100000. The reference has its own.")
  private List<Integer> sizes = List.of();

  @Option(names = "--verbose", description = "Each iteration, not only the result.")
  private boolean verbose;

  /** Runs them and prints JMH's table. */
  @Override
  public Integer call() {
    System.out.println("machine   " + Machine.describe(Path.of("")));
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .verbosity(verbose ? VerboseMode.NORMAL : VerboseMode.SILENT)
            .addProfiler(CpuTime.class);
    (names.isEmpty() ? List.of("garrison.bench.engine") : names).forEach(options::include);
    if (!sizes.isEmpty()) {
      options.param("size", sizes.stream().map(String::valueOf).toArray(String[]::new));
    }
    if (names.isEmpty()) {
      SlotMemory.print(sizes.isEmpty() ? List.of(1_000, 10_000, 100_000) : sizes);
    }
    try {
      new Runner(options.build()).run().forEach(result -> System.out.println(Line.of(result)));
    } catch (RunnerException e) {
      throw new BenchFailure("the benches did not run: " + e.getMessage(), e);
    }
    return 0;
  }
}
