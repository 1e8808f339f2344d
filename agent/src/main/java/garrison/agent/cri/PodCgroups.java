package garrison.agent.cri;

import garrison.agent.cgroup.CgroupLimits;
import garrison.agent.cgroup.CgroupMounts;
import garrison.agent.cgroup.CgroupTree;
import garrison.agent.runtime.ContainerSpec.Limits;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.SandboxSpec.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The cgroup of each pod, in which its runtime puts the containers' (spec: node-agent 3.12): {@code
 * /kubepods/pod<uid>} for Guaranteed pods, one level deeper by class for others; the same in
 * systemd's names where the runtime has systemd make cgroups, which then makes them by itself.
 */
final class PodCgroups {
  private static final String ROOT = "kubepods";
  private static final List<String> CLASSES = List.of("guaranteed", "burstable", "besteffort");
  private static final List<String> CONTROLLERS =
      List.of("cpu", "memory", "pids", "cpuset", "hugetlb", "io");

  private final CgroupMounts mounts;
  private final BooleanSupplier systemd;

  private PodCgroups(CgroupMounts mounts, BooleanSupplier systemd) {
    this.mounts = mounts;
    this.systemd = systemd;
  }

  /** Of this machine; {@code systemd} says who makes them. */
  static PodCgroups open(BooleanSupplier systemd) {
    try {
      return new PodCgroups(
          CgroupMounts.of(Files.readAllLines(Path.of("/proc/self/mountinfo"))), systemd);
    } catch (IOException e) {
      throw new IllegalStateException("/proc is not mounted: " + e, e);
    }
  }

  /** Makes the pod's with its limits, and answers its name for the runtime. */
  String make(String podUid, Group group) {
    String parent = parent(podUid, group);
    if (systemd.getAsBoolean()) {
      return parent;
    }
    try {
      if (mounts.legacy()) {
        for (Map.Entry<String, Path> tree : mounts.controllers().entrySet()) {
          Path directory = Files.createDirectories(below(tree.getValue(), parent));
          write(directory, CgroupLimits.legacy(tree.getKey(), group.limits()));
        }
      } else if (mounts.unified() != null) {
        makeUnified(mounts.unified(), parent, group.limits());
      }
      return parent;
    } catch (IOException e) {
      throw new RuntimeFailure(
          "FailedCreatePodContainer", "unable to ensure pod container exists: " + e);
    }
  }

  private static void makeUnified(Path mount, String parent, Limits limits) throws IOException {
    Path directory = below(mount, parent);
    Files.createDirectories(directory);
    Path step = mount;
    for (Path name : mount.relativize(directory)) {
      delegate(step);
      step = step.resolve(name);
    }
    delegate(directory);
    write(directory, CgroupLimits.unified(limits));
  }

  /** What the kernel has not, nobody below can be given; the runtime says what it misses. */
  private static void delegate(Path directory) throws IOException {
    List<String> there =
        List.of(Files.readString(directory.resolve("cgroup.controllers")).strip().split(" "));
    for (String controller : CONTROLLERS) {
      if (there.contains(controller)) {
        Files.writeString(
            directory.resolve("cgroup.subtree_control"),
            "+" + controller,
            StandardOpenOption.WRITE);
      }
    }
  }

  private static void write(Path directory, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (Files.exists(path)) { // swap accounting is often off
        Files.writeString(path, file.getValue(), StandardOpenOption.WRITE);
      }
    }
  }

  /** The name of the pod's for the runtime. */
  String parent(String podUid, Group group) {
    return parent(podUid, group.qosClass().toLowerCase(Locale.ROOT));
  }

  private String parent(String podUid, String qosClass) {
    boolean own = qosClass.equals("guaranteed");
    if (systemd.getAsBoolean()) {
      String slice = own ? ROOT : ROOT + "-" + qosClass;
      return slice + "-pod" + podUid.replace('-', '_') + ".slice";
    }
    return "/" + ROOT + (own ? "" : "/" + qosClass) + "/pod" + podUid;
  }

  /** Removes the pod's, of whatever class it was, and kills what is still in it. */
  void remove(String podUid) {
    if (systemd.getAsBoolean()) {
      return; // a slice goes with its last process
    }
    boolean gone = true;
    for (Path tree : mounts.all()) {
      for (String qosClass : CLASSES) {
        gone &= CgroupTree.remove(below(tree, parent(podUid, qosClass)));
      }
    }
    if (!gone) {
      throw new RuntimeFailure("RemovePodError", "the pod's cgroup is not empty yet");
    }
  }

  private static Path below(Path tree, String name) {
    return tree.resolve(name.substring(1));
  }
}
