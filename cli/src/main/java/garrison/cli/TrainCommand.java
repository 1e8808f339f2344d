package garrison.cli;

import garrison.client.ListOptions;
import garrison.client.http.HttpCluster;
import garrison.model.kind.Kinds;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A short life of the whole program, from which the JVM learns what a start needs, and which of its
 * code a fleet makes hot: run once after a build, by the launcher script, in a folder that is
 * thrown away.
 */
@Command(name = "train", hidden = true, mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Override
  public Integer call() throws InterruptedException {
    try (StandaloneServer standalone = server.startOnAnyPort();
        HttpCluster cluster = HttpCluster.fromKubeconfig(standalone.api().kubeconfig())) {
      TrainingFleet.live(standalone, cluster);
      cluster.list(Kinds.POD, "", ListOptions.ALL);
      cluster.raw("/readyz");
    }
    return 0;
  }
}
