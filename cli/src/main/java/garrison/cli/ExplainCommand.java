package garrison.cli;

import garrison.cli.explain.ClusterReader;
import garrison.cli.explain.ExplanationDocument;
import garrison.cli.explain.ExplanationText;
import garrison.cli.explain.Missing;
import garrison.cli.explain.Subject;
import garrison.client.http.HttpCluster;
import garrison.daemonset.explain.Explainer;
import garrison.daemonset.explain.Explanation;
import garrison.daemonset.explain.Observed;
import garrison.model.DaemonSet;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code garrison explain}: why each node has, lacks or keeps a pod, and what to do about it. */
@Command(
    name = "explain",
    description =
        "Says why each node has, lacks or keeps a pod of a DaemonSet: every reason, in the order in"
            + " which to see to them, each with the command or the lines of the manifest that fix"
            + " it. Works with any Kubernetes. Changes nothing.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ExplainCommand implements Callable<Integer> {
  /** Between two looks, where the first found something that a controller should be doing. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(3);

  @Parameters(
      arity = "1..*",
      paramLabel = "WHAT",
      description =
          "daemonset/NAME (also ds/NAME, daemonset NAME), and node/NODE for one node only.")
  private List<String> words = List.of();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The DaemonSet's; else the context's, else default.")
  private @Nullable String namespace;

  @Option(names = "-o", paramLabel = "FORMAT", description = "json prints JSON.")
  private @Nullable String output;

  @Mixin private ClientOptions client = new ClientOptions();

  @Override
  public Integer call() throws InterruptedException {
    OutputFormat format = OutputFormat.of(output);
    Subject subject;
    try {
      subject = Subject.of(words);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
    try (HttpCluster cluster = client.connect()) {
      ClusterReader reader = new ClusterReader(cluster, Clock.systemUTC());
      Explanation explanation = explain(cluster, reader, subject);
      if (format == OutputFormat.JSON) {
        print(ExplanationDocument.of(explanation, reader.notes()));
      } else {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        ExplanationText text = new ExplanationText(out);
        if (subject.node() == null) {
          text.fleet(explanation, reader.notes());
        } else {
          text.node(explanation, reader.notes());
        }
      }
    }
    return 0;
  }

  static void print(ObjectNode document) {
    new PrintWriter(System.out, true, StandardCharsets.UTF_8)
        .println(new String(Json.bytes(document), StandardCharsets.UTF_8));
  }

  private Explanation explain(HttpCluster cluster, ClusterReader reader, Subject subject)
      throws InterruptedException {
    Observed first = reader.read(daemonSet(cluster, subject), Duration.ZERO);
    Explanation explanation = of(first, subject);
    if (!explanation.unsettled()) {
      return explanation;
    }
    Thread.sleep(LOOK_AGAIN);
    DaemonSet again = daemonSet(cluster, subject);
    Observed second = reader.read(again, LOOK_AGAIN);
    return of(first.stoodStill(second) ? second : second.justSeen(), subject);
  }

  private DaemonSet daemonSet(HttpCluster cluster, Subject subject) {
    String where = namespace == null ? cluster.namespace() : namespace;
    ObjectNode document = cluster.find(Kinds.DAEMON_SET, where, subject.daemonSet());
    if (document == null) {
      throw new CommandFailure(Missing.daemonSet(cluster, where, subject.daemonSet()));
    }
    return DaemonSet.of(document);
  }

  private static Explanation of(Observed observed, Subject subject) {
    Explanation fleet = Explainer.explain(observed);
    String node = subject.node();
    if (node == null) {
      return fleet;
    }
    Explanation only = fleet.of(node);
    if (only == null) {
      throw new CommandFailure(Missing.node(observed.nodes(), node));
    }
    return only;
  }
}
