package garrison.cli;

import garrison.client.http.HttpCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How commands that talk to a server find it: as kubectl does. */
final class ClientOptions {
  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Credentials; else $KUBECONFIG, then .garrison/kubeconfig here, then ~/.kube/config.")
  private @Nullable Path kubeconfig;

  /** Connects. */
  HttpCluster connect() {
    return HttpCluster.fromKubeconfig(find());
  }

  private Path find() {
    if (kubeconfig != null) {
      return existing(kubeconfig, "--kubeconfig");
    }
    String variable = System.getenv("KUBECONFIG");
    if (variable != null && !variable.isEmpty()) {
      return existing(Path.of(variable), "KUBECONFIG");
    }
    Path here = Path.of(".garrison", "kubeconfig");
    Path home = Path.of(System.getProperty("user.home"), ".kube", "config");
    if (Files.exists(here)) {
      return here;
    }
    if (Files.exists(home)) {
      return home;
    }
    throw new CommandFailure(
        "no kubeconfig: name one with --kubeconfig, or start a server here with garrison up");
  }

  /** The file, which must be readable. */
  static Path existing(Path file, String source) {
    if (!Files.isReadable(file)) {
      throw new CommandFailure(file + " (from " + source + ") cannot be read");
    }
    return file;
  }
}
