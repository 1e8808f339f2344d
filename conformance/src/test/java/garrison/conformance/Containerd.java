package garrison.conformance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A real containerd on a {@link Machine}, with all its files in one folder. It may be killed and
 * started again; closing it ends whatever it still runs.
 */
final class Containerd implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Pattern IN_USE = Pattern.compile("/netns/(cni-[0-9a-f-]+)");

  private final Machine machine;
  private final Path folder;
  private final Set<String> forgotten = new HashSet<>();
  private Process process;

  private Containerd(Machine machine, Path folder) {
    this.machine = machine;
    this.folder = folder;
  }

  /** Starts one that has the images of the suites, and no pod network yet. */
  static Containerd start(Machine machine, Path folder) throws IOException {
    RealPart.of("runc");
    RealPart.of("ip");
    Containerd containerd = new Containerd(machine, Files.createDirectories(folder));
    Files.createDirectories(containerd.networks());
    Files.createDirectories(containerd.plugins());
    Files.writeString(folder.resolve("config.toml"), containerd.configuration());
    containerd.start();
    containerd.load("pause", "localhost/pause:local");
    containerd.load("busybox", "localhost/busybox:1");
    containerd.load("nonroot", "localhost/nonroot:1");
    containerd.load("named", "localhost/named:1");
    containerd.load("network", "localhost/network:1");
    containerd.load("node-exporter", "localhost/node-exporter:1");
    containerd.load("collector", "docker.io/fluent/fluentd:v1.14");
    return containerd;
  }

  private String configuration() {
    return """
        version = 2
        root = "FOLDER/root"
        state = "FOLDER/state"
        [grpc]
          address = "FOLDER/containerd.sock"
        [plugins."io.containerd.internal.v1.opt"]
          path = "FOLDER/opt"
        [plugins."io.containerd.grpc.v1.cri"]
          sandbox_image = "localhost/pause:local"
          stream_server_address = "127.0.0.1"
          stream_server_port = "0"
          disable_apparmor = true
          restrict_oom_score_adj = true
          [plugins."io.containerd.grpc.v1.cri".containerd]
            snapshotter = "overlayfs"
            default_runtime_name = "runc"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
              runtime_type = "io.containerd.runc.v2"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                BinaryName = "RUNC"
                SystemdCgroup = false
          [plugins."io.containerd.grpc.v1.cri".cni]
            bin_dir = "FOLDER/plugins"
            conf_dir = "FOLDER/cni"
        """
        .replace("FOLDER", folder.toString())
        .replace("RUNC", RealPart.of("runc").toString());
  }

  /** Starts it again after {@link #kill}. */
  void start() throws IOException {
    Files.deleteIfExists(socket());
    Set<String> there = networksAndAddresses();
    process =
        RealPart.withLibraries(
                new ProcessBuilder(
                    machine.line(
                        List.of(
                            RealPart.of("containerd").toString(),
                            "-c",
                            folder.resolve("config.toml").toString()))))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("containerd.log").toFile()))
            .start();
    await().atMost(START).until(() -> Files.exists(socket()) && control("version").code() == 0);
    if (!there.isEmpty()) {
      for (String container : containers()) {
        there.remove(container);
        IN_USE
            .matcher(control("containers", "info", container).output())
            .results()
            .forEach(network -> there.remove(network.group(1)));
      }
      forgotten.addAll(there);
    }
  }

  /**
   * Names of networks, and ids of sandboxes that hold an address, that it did not know any more
   * when it was back: it was killed while it made a sandbox, whose record it writes last. Nobody
   * else can know that they are of no use.
   */
  Set<String> forgotten() {
    return forgotten;
  }

  /** Name of each network, and id of the sandbox of each address. */
  private Set<String> networksAndAddresses() throws IOException {
    Set<String> all = new HashSet<>(machine.run("ls", "/run/netns").lines().toList());
    for (Path lease : leases()) {
      Files.readString(lease).lines().findFirst().ifPresent(all::add);
    }
    return all;
  }

  /** A file for each address that a sandbox has; it begins with the sandbox's id. */
  List<Path> leases() throws IOException {
    List<Path> leases = new ArrayList<>();
    Path ipam = folder.resolve("ipam/garrison");
    if (Files.isDirectory(ipam)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(ipam, "10.*")) {
        files.forEach(leases::add);
      }
    }
    return leases;
  }

  /** Ends it as {@code kill -9} does; containers go on. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** A Garrison on its machine, with one node that runs its containers. */
  Garrison up(Path folder) {
    return Garrison.on(machine, folder, "up", "--nodes", "1", "--runtime-endpoint", endpoint());
  }

  /** What is said to {@code --runtime-endpoint}. */
  String endpoint() {
    return "unix://" + socket();
  }

  Path socket() {
    return folder.resolve("containerd.sock");
  }

  /** Where network configurations are looked for. */
  Path networks() {
    return folder.resolve("cni");
  }

  /** Where network plugins are looked for. */
  Path plugins() {
    return folder.resolve("plugins");
  }

  /** Gives it a pod network at once. */
  void connect() throws IOException {
    for (String plugin : List.of("bridge", "host-local", "loopback")) {
      Files.copy(RealPart.folder("usr/lib/cni").resolve(plugin), plugins().resolve(plugin));
    }
    Files.writeString(networks().resolve("10-pods.conflist"), network());
  }

  /** A pod network as a CNI daemon would write it: a bridge of the machine. */
  String network() {
    return """
        {"cniVersion":"1.0.0","name":"garrison","plugins":[{"type":"bridge","bridge":"gar0",
         "isGateway":true,"ipMasq":false,"ipam":{"type":"host-local","dataDir":"FOLDER/ipam",
         "ranges":[[{"subnet":"10.88.77.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
        """
        .replace("FOLDER", folder.toString());
  }

  /** Gives it an image of the suites under that name. */
  void load(String archive, String name) {
    String repository = name.substring(0, name.lastIndexOf(':'));
    Path file = RealPart.archive(archive);
    must("images", "import", "--base-name", repository, file.toString());
    must("images", "tag", "--force", repository + ":latest", name);
    must("images", "rm", repository + ":latest");
  }

  /** Runs a command in a container, by the id that the runtime gave it. */
  Machine.Result exec(String container, String... command) {
    List<String> line = new ArrayList<>(List.of("tasks", "exec", "--exec-id"));
    line.add("x" + System.nanoTime());
    line.add(container);
    line.addAll(List.of(command));
    return control(line.toArray(String[]::new));
  }

  /** Names of the containers and sandboxes that it has. */
  List<String> containers() {
    return must("containers", "list", "-q").lines().toList();
  }

  private String must(String... command) {
    Machine.Result result = control(command);
    if (result.code() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + result.output());
    }
    return result.output();
  }

  private Machine.Result control(String... command) {
    List<String> line =
        new ArrayList<>(
            List.of(RealPart.of("ctr").toString(), "-a", socket().toString(), "-n", "k8s.io"));
    line.addAll(List.of(command));
    return machine.tryRun(line.toArray(String[]::new));
  }

  /** Ends what is left of it, as far as a suite has not done so itself. */
  @Override
  public void close() {
    try {
      if (!process.isAlive()) {
        start(); // its containers outlived it
      }
      for (String container : containers()) {
        control("tasks", "kill", "-s", "SIGKILL", "-a", container);
        control("tasks", "delete", "--force", container);
        control("containers", "delete", container);
      }
      process.destroy();
      process.waitFor();
      endShims();
      removeEmptyCgroups();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Those that it forgot when it was killed while it started them. */
  private void endShims() {
    ProcessHandle.allProcesses()
        .filter(shim -> shim.info().commandLine().orElse("").contains(socket().toString()))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** A runtime leaves the frames of its cgroups; those that others use are not empty, and stay. */
  private static void removeEmptyCgroups() {
    try (DirectoryStream<Path> trees = Files.newDirectoryStream(Path.of("/sys/fs/cgroup"))) {
      for (Path tree : trees) {
        for (String name : List.of("kubepods/burstable", "kubepods/besteffort", "kubepods")) {
          Path cgroup = tree.resolve(name);
          if (Files.isDirectory(cgroup)) {
            cgroup.toFile().delete(); // refused by the kernel while it is in use
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
