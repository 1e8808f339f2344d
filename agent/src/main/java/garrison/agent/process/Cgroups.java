package garrison.agent.process;

import garrison.agent.cgroup.CgroupLimits;
import garrison.agent.cgroup.CgroupMounts;
import garrison.agent.cgroup.CgroupTree;
import garrison.agent.runtime.ContainerSpec.Limits;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups of one agent: {@code garrison/<agent>/<pod uid>/<container>} in each tree that it
 * uses. v2 where the kernel's controllers are there, v1 on hosts that still have it (spec:
 * node-agent 4). Where neither can be written, containers run without limits and {@link #problem}
 * says why. Thread-safe.
 */
final class Cgroups {
  private static final Logger log = LoggerFactory.getLogger(Cgroups.class);
  private static final List<String> WANTED = List.of("cpu", "memory", "pids");

  /** What a file gets that the kernel may lack without harm: swap accounting is often off. */
  private static final List<String> OPTIONAL =
      List.of("memory.swap.max", "memory.memsw.limit_in_bytes", "memory.oom.group");

  /** Name of the tree ("" for v2) to the agent's directory in it. */
  private final Map<String, Path> trees;

  private final @Nullable String problem;
  private final boolean legacy;

  private Cgroups(Map<String, Path> trees, boolean legacy, @Nullable String problem) {
    this.trees = trees;
    this.legacy = legacy;
    this.problem = problem;
  }

  /** Finds the trees and makes the agent's directory in each. */
  static Cgroups open(CgroupMounts mounts, String agent) {
    Map<String, Path> trees = new LinkedHashMap<>();
    try {
      if (mounts.legacy()) {
        for (Map.Entry<String, Path> tree : mounts.controllers().entrySet()) {
          trees.put(tree.getKey(), Files.createDirectories(own(tree.getValue(), agent)));
        }
      } else if (mounts.unified() != null) {
        Path own = Files.createDirectories(own(mounts.unified(), agent));
        delegate(mounts.unified());
        delegate(mounts.unified().resolve("garrison"));
        delegate(own);
        trees.put("", own);
      } else {
        return new Cgroups(Map.of(), false, "no cgroup file system is mounted");
      }
      return new Cgroups(trees, mounts.legacy(), null);
    } catch (IOException e) {
      return new Cgroups(Map.of(), mounts.legacy(), "cgroups cannot be written: " + text(e));
    }
  }

  private static Path own(Path mount, String agent) {
    return mount.resolve("garrison").resolve(agent);
  }

  /** Lets children of a v2 cgroup have the controllers. */
  private static void delegate(Path directory) throws IOException {
    List<String> there =
        List.of(Files.readString(directory.resolve("cgroup.controllers")).strip().split(" "));
    for (String controller : WANTED) {
      if (!there.contains(controller)) {
        throw new FileSystemException(
            directory.toString(), null, "it does not have the controller " + controller);
      }
      write(directory.resolve("cgroup.subtree_control"), "+" + controller);
    }
  }

  /** Why there are no limits on this node, null where there are. */
  @Nullable String problem() {
    return problem;
  }

  /** Whether the host still has cgroup v1. */
  boolean legacy() {
    return legacy;
  }

  /** Where launchers live: not with the agent, whose service manager may end all that is there. */
  List<Path> launchers() throws IOException {
    return make("launchers");
  }

  /** Makes the cgroups of a container within its pod's, limited, and answers them. */
  List<Path> container(String podUid, String container, Limits limits) throws IOException {
    for (Path pod : make(podUid)) {
      if (trees.containsKey("")) {
        delegate(pod);
      }
    }
    List<Path> made = make(podUid + "/" + container);
    limit(podUid + "/" + container, limits);
    return made;
  }

  private List<Path> make(String relative) throws IOException {
    List<Path> made = new ArrayList<>();
    for (Path tree : trees.values()) {
      made.add(Files.createDirectories(tree.resolve(relative)));
    }
    return made;
  }

  private void limit(String relative, Limits limits) throws IOException {
    for (Map.Entry<String, Path> tree : trees.entrySet()) {
      Map<String, String> files =
          tree.getKey().isEmpty()
              ? CgroupLimits.unified(limits)
              : CgroupLimits.legacy(tree.getKey(), limits);
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = tree.getValue().resolve(relative).resolve(file.getKey());
        if (Files.exists(path) || !OPTIONAL.contains(file.getKey())) {
          write(path, file.getValue());
        }
      }
    }
  }

  /** Kills all that is left in a pod's cgroups and removes them; false where some would not go. */
  boolean remove(String podUid) {
    boolean gone = true;
    for (Path tree : trees.values()) {
      gone &= CgroupTree.remove(tree.resolve(podUid));
    }
    return gone;
  }

  /** Removes the agent's own directories where nothing is left in them. */
  void removeIfUnused() {
    for (Path tree : trees.values()) {
      for (Path directory : List.of(tree.resolve("launchers"), tree, tree.resolve(".."))) {
        try {
          Files.delete(directory.normalize());
        } catch (IOException e) {
          log.debug("{} is still in use: {}", directory, text(e));
          break;
        }
      }
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }

  private static String text(IOException e) {
    String reason = e instanceof FileSystemException failure ? failure.getReason() : null;
    return e instanceof FileSystemException failure && reason != null
        ? failure.getFile() + ": " + reason
        : String.valueOf(e.getMessage());
  }
}
