package garrison.bench.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * CPU time for each operation, the collector's and the compiler's included; of the iterations the
 * least. Where other work keeps the machine busy it says more than wall time. JMH makes one in each
 * fork.
 */
public final class CpuTime implements InternalProfiler {
  /** The name of its result. */
  static final String LABEL = "cpu";

  private static final double NANOS_PER_MICRO = 1000;

  private long before;

  private static long used() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
        ? machine.getProcessCpuTime()
        : 0;
  }

  @Override
  public String getDescription() {
    return "CPU time for each operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = used();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double micros = (used() - before) / NANOS_PER_MICRO;
    long operations = result.getMetadata().getAllOps();
    return List.of(
        new ScalarResult(LABEL, micros / Math.max(1, operations), "us/op", AggregationPolicy.MIN));
  }
}
