package garrison.agent.cgroup;

import garrison.agent.runtime.ContainerSpec.Limits;
import java.util.LinkedHashMap;
import java.util.Map;

/** Limits as the lines of cgroup files (spec: node-agent 3.12). Pure. */
public final class CgroupLimits {
  private static final long PERIOD = 100_000;
  private static final long LEAST_QUOTA = 1_000;

  private CgroupLimits() {}

  /** File name to content on v2. */
  public static Map<String, String> unified(Limits limits) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("cpu.weight", Long.toString(1 + (limits.cpuShares() - 2) * 9999 / 262_142));
    if (limits.milliCpuLimit() > 0) {
      files.put("cpu.max", quota(limits) + " " + PERIOD);
    }
    if (limits.memoryLimit() > 0) {
      files.put("memory.max", Long.toString(limits.memoryLimit()));
      files.put("memory.swap.max", "0");
      files.put("memory.oom.group", "1");
    }
    return files;
  }

  /** File name to content on v1, for one controller. */
  public static Map<String, String> legacy(String controller, Limits limits) {
    Map<String, String> files = new LinkedHashMap<>();
    if (controller.equals("cpu")) {
      files.put("cpu.shares", Long.toString(limits.cpuShares()));
      if (limits.milliCpuLimit() > 0) {
        files.put("cpu.cfs_period_us", Long.toString(PERIOD));
        files.put("cpu.cfs_quota_us", Long.toString(quota(limits)));
      }
    }
    if (controller.equals("memory") && limits.memoryLimit() > 0) {
      files.put("memory.limit_in_bytes", Long.toString(limits.memoryLimit()));
      files.put("memory.memsw.limit_in_bytes", Long.toString(limits.memoryLimit()));
    }
    return files;
  }

  private static long quota(Limits limits) {
    return Math.max(LEAST_QUOTA, limits.milliCpuLimit() * PERIOD / 1000);
  }
}
