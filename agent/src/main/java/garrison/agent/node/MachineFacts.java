package garrison.agent.node;

import garrison.model.Quantity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What does not change while the agent runs (spec: node-agent 2).
 *
 * @param hostname kernel's, lower case
 * @param architecture as Kubernetes names it
 * @param cores logical ones
 * @param memory bytes of RAM
 * @param diskBytes size of the file system of the agent's root
 * @param machineId empty where the system has none
 * @param systemUuid empty where the firmware tells none
 * @param bootId of this start of the machine
 * @param kernelVersion as {@code uname -r}
 * @param osImage PRETTY_NAME of os-release
 * @param hugePages size as in resource names, such as {@code 2Mi}, to bytes in pages of that size
 * @param swap bytes of it
 */
public record MachineFacts(
    String hostname,
    String architecture,
    int cores,
    long memory,
    long diskBytes,
    String machineId,
    String systemUuid,
    String bootId,
    String kernelVersion,
    String osImage,
    Map<String, Long> hugePages,
    long swap) {
  private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/hugepages");
  private static final String HUGE_PREFIX = "hugepages-";

  /** Those of a machine without huge pages and swap. */
  public MachineFacts(
      String hostname,
      String architecture,
      int cores,
      long memory,
      long diskBytes,
      String machineId,
      String systemUuid,
      String bootId,
      String kernelVersion,
      String osImage) {
    this(
        hostname,
        architecture,
        cores,
        memory,
        diskBytes,
        machineId,
        systemUuid,
        bootId,
        kernelVersion,
        osImage,
        Map.of(),
        0);
  }

  /** Reads them; {@code root} is the directory whose file system counts as ephemeral storage. */
  public static MachineFacts read(Path root) throws IOException {
    Path proc = Path.of("/proc");
    String memInfo = Files.readString(proc.resolve("meminfo"));
    return new MachineFacts(
        machineName(),
        architecture(System.getProperty("os.arch", "")),
        onlineCores(),
        memTotal(memInfo),
        Files.getFileStore(root).getTotalSpace(),
        readMachineId(),
        firstLine(Path.of("/sys/class/dmi/id/product_uuid")),
        firstLine(proc.resolve("sys/kernel/random/boot_id")),
        firstLine(proc.resolve("sys/kernel/osrelease")),
        prettyName(),
        hugePages(HUGE_PAGES),
        memValue(memInfo, "SwapTotal:"));
  }

  /** Of each size that the kernel knows; {@code directory}: where it tells of them. */
  static Map<String, Long> hugePages(Path directory) throws IOException {
    Map<String, Long> pages = new HashMap<>();
    if (!Files.isDirectory(directory)) {
      return pages;
    }
    try (DirectoryStream<Path> sizes = Files.newDirectoryStream(directory, HUGE_PREFIX + "*kB")) {
      for (Path size : sizes) {
        String name = String.valueOf(size.getFileName()).substring(HUGE_PREFIX.length());
        long bytes = Long.parseLong(name.substring(0, name.length() - "kB".length())) * 1024;
        String count = firstLine(size.resolve("nr_hugepages"));
        pages.put(
            Quantity.of(bytes, Quantity.Format.BINARY_SI).canonical(),
            count.isEmpty() ? 0 : Long.parseLong(count) * bytes);
      }
    }
    return pages;
  }

  /** The kernel's host name, lower case: the default node name. */
  public static String machineName() {
    String kernel = firstLine(Path.of("/proc/sys/kernel/hostname"));
    return (kernel.isEmpty() ? InetAddress.getLoopbackAddress().getHostName() : kernel)
        .toLowerCase(Locale.ROOT);
  }

  /** Kubernetes' name for a JVM's {@code os.arch}. */
  static String architecture(String jvm) {
    return jvm.equals("aarch64") ? "arm64" : jvm;
  }

  /** Of the machine, not of the JVM, which may be held to a part of it. */
  private static int onlineCores() throws IOException {
    int cores = 0;
    for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
      if (line.startsWith("cpu") && line.length() > 3 && Character.isDigit(line.charAt(3))) {
        cores++;
      }
    }
    return Math.max(1, cores);
  }

  /** Bytes of {@code MemTotal}. */
  static long memTotal(String memInfo) {
    return memValue(memInfo, "MemTotal:");
  }

  /** Bytes of one line of meminfo, 0 where it is missing. */
  static long memValue(String memInfo, String key) {
    for (String line : memInfo.lines().toList()) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.substring(key.length()).replace("kB", "").strip()) * 1024;
      }
    }
    return 0;
  }

  private static String readMachineId() {
    String id = firstLine(Path.of("/etc/machine-id"));
    return id.isEmpty() ? firstLine(Path.of("/var/lib/dbus/machine-id")) : id;
  }

  private static String prettyName() throws IOException {
    Path release = Path.of("/etc/os-release");
    if (!Files.exists(release)) {
      return "Linux";
    }
    for (String line : Files.readAllLines(release)) {
      if (line.startsWith("PRETTY_NAME=")) {
        return line.substring("PRETTY_NAME=".length()).replace("\"", "");
      }
    }
    return "Linux";
  }

  /** Empty where it cannot be read: none of these files is on every machine. */
  private static String firstLine(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      return "";
    }
  }
}
