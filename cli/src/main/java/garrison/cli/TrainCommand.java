package garrison.cli;

import garrison.cli.apply.Apply;
import garrison.client.ListOptions;
import garrison.client.http.HttpCluster;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/**
 * A short life of the whole program, from which the JVM learns what a start needs: run once after a
 * build, by the launcher script, in a folder that is thrown away.
 */
@Command(name = "train", hidden = true, mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: train, namespace: default}
      spec:
        selector: {matchLabels: {app: train}}
        template:
          metadata: {labels: {app: train}}
          spec: {containers: [{name: c, image: none, resources: {limits: {cpu: 1}}}]}
      """;

  @Mixin private ServerOptions server = new ServerOptions();

  @Override
  public Integer call() {
    try (StandaloneServer standalone = server.startOnAnyPort();
        HttpCluster cluster = HttpCluster.fromKubeconfig(standalone.api().kubeconfig())) {
      ObjectNode daemonSet = (ObjectNode) Yaml.documents(DAEMON_SET).getFirst();
      Apply apply = new Apply(cluster);
      apply.apply(daemonSet);
      apply.apply(daemonSet);
      cluster.list(Kinds.POD, "", ListOptions.ALL);
      cluster.raw("/readyz");
    }
    return 0;
  }
}
