package garrison.agent.process;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Linux capabilities: a name's number is its place in the kernel's list. */
final class Capabilities {
  private static final List<String> NAMES =
      List.of(
          "CHOWN",
          "DAC_OVERRIDE",
          "DAC_READ_SEARCH",
          "FOWNER",
          "FSETID",
          "KILL",
          "SETGID",
          "SETUID",
          "SETPCAP",
          "LINUX_IMMUTABLE",
          "NET_BIND_SERVICE",
          "NET_BROADCAST",
          "NET_ADMIN",
          "NET_RAW",
          "IPC_LOCK",
          "IPC_OWNER",
          "SYS_MODULE",
          "SYS_RAWIO",
          "SYS_CHROOT",
          "SYS_PTRACE",
          "SYS_PACCT",
          "SYS_ADMIN",
          "SYS_BOOT",
          "SYS_NICE",
          "SYS_RESOURCE",
          "SYS_TIME",
          "SYS_TTY_CONFIG",
          "MKNOD",
          "LEASE",
          "AUDIT_WRITE",
          "AUDIT_CONTROL",
          "SETFCAP",
          "MAC_OVERRIDE",
          "MAC_ADMIN",
          "SYSLOG",
          "WAKE_ALARM",
          "BLOCK_SUSPEND",
          "AUDIT_READ",
          "PERFMON",
          "BPF",
          "CHECKPOINT_RESTORE");

  private Capabilities() {}

  /** Their numbers; {@code ALL} is all. Names that the kernel does not have are an error. */
  static List<Integer> numbers(List<String> names) {
    return names.stream()
        .map(name -> name.toUpperCase(Locale.ROOT))
        .flatMapToInt(
            name ->
                name.equals("ALL") ? IntStream.range(0, NAMES.size()) : IntStream.of(number(name)))
        .distinct()
        .boxed()
        .toList();
  }

  private static int number(String name) {
    int number = NAMES.indexOf(name.startsWith("CAP_") ? name.substring(4) : name);
    if (number < 0) {
      throw new IllegalArgumentException("unknown capability " + name);
    }
    return number;
  }
}
