package garrison.cli;

import garrison.cli.status.FleetStatus;
import garrison.client.http.HttpCluster;
import garrison.model.json.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code garrison status}: the fleet at a glance. */
@Command(
    name = "status",
    description =
        "Shows nodes by state, and each DaemonSet with its counters and what holds it up.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  private static final Duration REFRESH = Duration.ofSeconds(2);

  @Mixin private ClientOptions client = new ClientOptions();

  @Option(names = "-w", description = "Goes on, and shows it again whenever it changed.")
  private boolean watch;

  @Option(names = "-o", paramLabel = "FORMAT", description = "json prints JSON.")
  private @Nullable String output;

  @Override
  public Integer call() throws InterruptedException {
    OutputFormat format = OutputFormat.of(output);
    try (HttpCluster cluster = client.connect()) {
      PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
      FleetStatus shown = null;
      do {
        FleetStatus now = FleetStatus.read(cluster, Clock.systemUTC());
        if (!now.equals(shown)) {
          if (format == OutputFormat.TEXT) {
            now.print(out);
          } else {
            out.println(new String(Json.bytes(now.toDocument()), StandardCharsets.UTF_8));
          }
          shown = now;
        }
        if (watch) {
          Thread.sleep(REFRESH);
        }
      } while (watch);
    }
    return 0;
  }
}
