package garrison.bench.fleet;

import garrison.client.http.HttpCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The processes under test and a client of theirs. The nodes live in the server's process, or in
 * one of their own that joined over HTTPS. All their files are in one folder, which is the
 * caller's.
 */
final class Lab implements AutoCloseable {
  private final List<Program> programs = new ArrayList<>();
  private final HttpCluster cluster;

  private Lab(Program server, HttpCluster cluster) {
    this.programs.add(server);
    this.cluster = cluster;
  }

  /** Starts all of it; the nodes may still be registering. */
  static Lab start(Path launcher, Path folder, int nodes, boolean overHttps)
      throws InterruptedException, IOException {
    String data = folder.resolve("data").toString();
    String count = Integer.toString(nodes);
    Program server =
        overHttps
            ? Program.start(launcher, folder, "server", "--data", data, "--port", "0")
            : Program.start(
                launcher,
                folder,
                "up",
                "--no-agent",
                "--hollow",
                count,
                "--data",
                data,
                "--port",
                "0");
    try {
      String url = server.awaitReady();
      Path kubeconfig = Path.of(data, "kubeconfig");
      Lab lab = new Lab(server, HttpCluster.fromKubeconfig(kubeconfig));
      if (overHttps) {
        lab.join(launcher, folder, url, kubeconfig, count);
      }
      return lab;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void join(Path launcher, Path folder, String url, Path kubeconfig, String count)
      throws InterruptedException, IOException {
    String token =
        Program.run(launcher, folder, "token", "create", "--kubeconfig", kubeconfig.toString());
    Path file =
        Files.createFile(
            folder.resolve("token"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, token);
    programs.add(
        Program.start(
            launcher,
            folder,
            "hollow",
            "--server",
            url,
            "--token-file",
            file.toString(),
            "--nodes",
            count));
  }

  /** The API, as an administrator over HTTPS. */
  HttpCluster cluster() {
    return cluster;
  }

  /** The server's process, and with it the nodes where those are in it. */
  Program server() {
    return programs.getFirst();
  }

  /** All processes under test, the server first. */
  List<Program> programs() {
    return programs;
  }

  /** CPU time of all of them so far. */
  Duration cpu() {
    return programs.stream()
        .map(program -> program.usage().cpu())
        .reduce(Duration.ZERO, Duration::plus);
  }

  @Override
  public void close() {
    cluster.close();
    programs.reversed().forEach(Program::close);
  }
}
