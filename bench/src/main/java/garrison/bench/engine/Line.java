package garrison.bench.engine;

import java.util.Locale;
import java.util.Objects;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** One bench's result as one line. */
final class Line {
  private Line() {}

  /** Name, size of the fleet, mean time and its error (99.9 %), least CPU time. */
  static String of(RunResult run) {
    BenchmarkParams bench = run.getParams();
    Result<?> result = run.getPrimaryResult();
    String name = bench.getBenchmark();
    return String.format(
        Locale.ROOT,
        "%-34s %8s nodes  %12.3f ± %.3f %s, cpu %.3f",
        name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
        bench.getParam(bench.getParam("size") == null ? "few" : "size"),
        result.getScore(),
        result.getScoreError(),
        result.getScoreUnit(),
        Objects.requireNonNull(run.getSecondaryResults().get(CpuTime.LABEL)).getScore());
  }
}
