package garrison.agent.node;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the machine is short of, by upstream's hard thresholds (spec: node-agent 3.13).
 *
 * @param memory less than 100 MiB available
 * @param disk less than 10 % of the root's file system free
 * @param pids less than a tenth of the process ids free; upstream has no default
 */
public record Pressure(boolean memory, boolean disk, boolean pids) {
  /** Short of nothing. */
  public static final Pressure NONE = new Pressure(false, false, false);

  private static final long LEAST_MEMORY = 100L << 20;

  /** Reads it now. */
  public static Pressure read(Path root) throws IOException {
    String memInfo = Files.readString(Path.of("/proc/meminfo"));
    FileStore disk = Files.getFileStore(root);
    return new Pressure(
        MachineFacts.memValue(memInfo, "MemAvailable:") < LEAST_MEMORY,
        disk.getUsableSpace() < disk.getTotalSpace() / 10,
        false);
  }
}
