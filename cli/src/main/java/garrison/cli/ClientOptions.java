package garrison.cli;

import garrison.client.http.HttpCluster;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private List<Path> find() {
    if (kubeconfig != null) {
      return List.of(existing(kubeconfig, "--kubeconfig"));
    }
    String variable = System.getenv("KUBECONFIG");
    if (variable != null && !variable.isEmpty()) {
      return listed(variable);
    }
    Path here = Path.of(".garrison", "kubeconfig");
    Path home = Path.of(System.getProperty("user.home"), ".kube", "config");
    if (Files.exists(here)) {
      return List.of(here);
    }
    if (Files.exists(home)) {
      return List.of(home);
    }
    throw new CommandFailure(
        "no kubeconfig: name one with --kubeconfig, or start a server here with garrison up");
  }

  /** As kubectl reads it: several files, of which some may be missing. */
  private static List<Path> listed(String variable) {
    List<Path> files = new ArrayList<>();
    for (String name : variable.split(File.pathSeparator, -1)) {
      if (!name.isEmpty()) {
        files.add(Path.of(name));
      }
    }
    List<Path> there = files.stream().filter(Files::isReadable).toList();
    return there.isEmpty() ? List.of(existing(Path.of(variable), "KUBECONFIG")) : there;
  }

  /** The file, which must be readable. */
  static Path existing(Path file, String source) {
    if (!Files.isReadable(file)) {
      throw new CommandFailure(file + " (from " + source + ") cannot be read");
    }
    return file;
  }
}
