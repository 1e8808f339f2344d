package garrison.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a figure was measured on. */
public final class Machine {
  private Machine() {}

  /**
   * One line: processors, memory, operating system, JDK, the file system under a folder (the store
   * waits for its disk), and how many threads other work keeps running, which spoils the figures.
   */
  public static String describe(Path folder) {
    return String.format(
        Locale.ROOT,
        "%d × %s, %d GiB, %s %s, JDK %s, %s, load %.1f",
        Runtime.getRuntime().availableProcessors(),
        processor(),
        memoryBytes() + (1L << 29) >> 30,
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version(),
        disk(folder),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch"); // not Linux
    }
  }

  private static long memoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 0;
  }

  private static String disk(Path folder) {
    try {
      FileStore store = Files.getFileStore(folder);
      return store.type() + " on " + store.name();
    } catch (IOException e) {
      return "unknown disk";
    }
  }
}
