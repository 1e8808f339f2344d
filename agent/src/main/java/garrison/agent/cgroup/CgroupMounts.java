package garrison.agent.cgroup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the kernel shows its cgroups.
 *
 * @param unified the v2 tree, null where there is none
 * @param controllers v1 trees by controller, of those that limits need; empty on a pure v2 host
 * @param all every tree
 */
public record CgroupMounts(@Nullable Path unified, Map<String, Path> controllers, List<Path> all) {
  /** Reads the lines of {@code /proc/self/mountinfo}. */
  public static CgroupMounts of(List<String> mountInfo) {
    Path unified = null;
    Map<String, Path> controllers = new TreeMap<>();
    List<Path> all = new ArrayList<>();
    for (String line : mountInfo) {
      int dash = line.indexOf(" - ");
      if (dash < 0) {
        continue;
      }
      List<String> left = List.of(line.substring(0, dash).split(" "));
      List<String> right = List.of(line.substring(dash + 3).split(" "));
      if (left.size() < 5 || right.size() < 3) {
        continue;
      }
      Path point = Path.of(left.get(4));
      switch (right.getFirst()) {
        case "cgroup2" -> {
          unified = point;
          all.add(point);
        }
        case "cgroup" -> {
          all.add(point);
          for (String option : right.get(2).split(",")) {
            if (List.of("memory", "cpu", "pids").contains(option)) {
              controllers.put(option, point);
            }
          }
        }
        default -> {
          // some other file system
        }
      }
    }
    return new CgroupMounts(unified, controllers, List.copyOf(all));
  }

  /** Whether limits go through v1: v2 does not have the memory controller then. */
  public boolean legacy() {
    return controllers.containsKey("memory") || controllers.containsKey("cpu");
  }
}
