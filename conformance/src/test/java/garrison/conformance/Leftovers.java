package garrison.conformance;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What pods have left on a node: nothing, when they are gone. It looks only at what is this node's:
 * other nodes of this host have cgroups of their own. Neither a shim without a container is told
 * nor a network without a sandbox that containerd forgot when it was killed while it made them:
 * nobody else can know.
 */
final class Leftovers {
  private final Path folder;
  private final Machine machine;
  private final Containerd containerd;
  private final Path agent;

  /**
   * Of that node.
   *
   * @param folder holds all files of the suite
   * @param agent the agent's data folder
   */
  Leftovers(Path folder, Machine machine, Containerd containerd, Path agent) {
    this.folder = folder;
    this.machine = machine;
    this.containerd = containerd;
    this.agent = agent;
  }

  /** A line for each thing, of whatever pod; cgroups of the pods with these uids. */
  List<String> of(Collection<String> uids) throws IOException {
    List<String> all = new ArrayList<>();
    containerd.containers().forEach(id -> all.add("container " + id));
    mounts().forEach(point -> all.add("mount " + point));
    machine
        .run("ls", "/run/netns")
        .lines()
        .filter(name -> !containerd.forgotten().contains(name))
        .forEach(name -> all.add("network " + name));
    for (Path lease : containerd.leases()) {
      String sandbox = Files.readString(lease).lines().findFirst().orElse("");
      if (!containerd.forgotten().contains(sandbox)) {
        all.add("address " + lease.getFileName());
      }
    }
    for (Path directory :
        List.of(
            agent.resolve("pods"),
            agent.resolve("runtime/sandboxes"),
            machine.varLog().resolve("pods"),
            machine.varLog().resolve("containers"))) {
      entries(directory).forEach(entry -> all.add("file " + entry));
    }
    cgroups(uids).forEach(cgroup -> all.add("cgroup " + cgroup));
    return all;
  }

  /** Mounts of the node of pods' volumes, and of containers. */
  private List<String> mounts() {
    return machine
        .run("cat", "/proc/self/mountinfo")
        .lines()
        .map(line -> line.split(" ")[4])
        .filter(point -> point.startsWith(folder + "/"))
        .filter(point -> !point.equals(agent.resolve("pods").toString())) // the agent's own
        .toList();
  }

  private static List<Path> cgroups(Collection<String> uids) throws IOException {
    List<Path> cgroups = new ArrayList<>();
    Files.walkFileTree(
        Path.of("/sys/fs/cgroup"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (uids.stream().anyMatch(directory.getFileName().toString()::contains)) {
              cgroups.add(directory);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // another's, that went meanwhile
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return cgroups;
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return entries;
  }
}
