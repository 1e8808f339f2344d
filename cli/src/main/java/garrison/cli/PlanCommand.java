package garrison.cli;

import garrison.cli.plan.PlanDocument;
import garrison.cli.plan.PlanText;
import garrison.cli.plan.Planned;
import garrison.cli.plan.Planner;
import garrison.client.http.HttpCluster;
import garrison.model.json.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code garrison plan}: what an apply would do. */
@Command(
    name = "plan",
    description =
        "Says what applying manifests would do, and does none of it: what the server would reject"
            + " or warn of, which nodes would gain, lose or restart a pod, in which order, and how"
            + " long that would take, by what earlier pods took. Works with any Kubernetes.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {
  @Option(
      names = "-f",
      paramLabel = "FILE",
      required = true,
      description = "Manifests, or a folder of them; may be given more than once.")
  private List<Path> files = List.of();

  @Option(names = "-o", paramLabel = "FORMAT", description = "json prints JSON.")
  private @Nullable String output;

  @Mixin private ClientOptions client = new ClientOptions();

  @Override
  public Integer call() {
    OutputFormat format = OutputFormat.of(output);
    List<ObjectNode> manifests = Manifests.read(files);
    List<Planned> plan = new ArrayList<>();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    try (HttpCluster cluster = client.connect()) {
      Planner planner = new Planner(cluster, Clock.systemUTC());
      for (ObjectNode manifest : manifests) {
        plan.add(planner.plan(manifest));
      }
      if (format == OutputFormat.JSON) {
        out.println(
            new String(Json.bytes(PlanDocument.of(plan, planner.notes())), StandardCharsets.UTF_8));
      } else {
        new PlanText(out).print(plan, planner.notes());
      }
    }
    // As diff and dry runs do: what would be rejected is a failure to who plans in a pipeline.
    boolean rejected =
        plan.stream()
            .anyMatch(
                planned ->
                    planned.refusal() != null
                        || (planned.rollout() != null && planned.rollout().podRefusal() != null));
    return rejected ? 1 : 0;
  }
}
