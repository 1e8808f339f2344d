package garrison.agent.cri;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of this machine decides about messages to the runtime.
 *
 * @param unified whether containers are in cgroups of version 2
 * @param countsSwap whether the kernel can limit swap
 * @param throttlePaths of processors that tell when they are too hot; hidden from containers
 */
record NodeKernel(boolean unified, boolean countsSwap, List<String> throttlePaths) {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  /** Of this machine now. */
  static NodeKernel read() {
    boolean unified = Files.exists(CGROUPS.resolve("cgroup.controllers"));
    boolean swap =
        unified
            ? swapOnUnified()
            : Files.exists(CGROUPS.resolve("memory/memory.memsw.limit_in_bytes"));
    return new NodeKernel(unified, swap, throttlePaths(Path.of("/sys/devices/system/cpu")));
  }

  /** The root has no such file; any child shows it. */
  private static boolean swapOnUnified() {
    try (DirectoryStream<Path> children =
        Files.newDirectoryStream(CGROUPS, path -> Files.isDirectory(path))) {
      for (Path child : children) {
        return Files.exists(child.resolve("memory.swap.max"));
      }
    } catch (IOException e) {
      return false; // what cannot be seen cannot be limited either
    }
    return false;
  }

  static List<String> throttlePaths(Path processors) {
    List<String> paths = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
      for (Path processor : all) {
        Path throttle = processor.resolve("thermal_throttle");
        if (Files.exists(throttle)) {
          paths.add(throttle.toString());
        }
      }
    } catch (IOException e) {
      return List.of(); // a machine that does not show them has nothing to hide
    }
    paths.sort(null);
    return paths;
  }
}
