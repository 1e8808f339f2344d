package garrison.bench.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process has used.
 *
 * @param cpu of all its threads since its start, zero where the system does not tell
 * @param residentBytes now, zero where the system does not tell (elsewhere than on Linux)
 * @param peakBytes the most ever resident, zero where the system does not tell
 */
record Usage(Duration cpu, long residentBytes, long peakBytes) {
  static Usage of(Process process) {
    Duration cpu = process.info().totalCpuDuration().orElse(Duration.ZERO);
    try {
      String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
      return new Usage(cpu, kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:"));
    } catch (IOException e) {
      return new Usage(cpu, 0, 0);
    }
  }

  private static long kilobytes(String status, String field) {
    return status
        .lines()
        .filter(line -> line.startsWith(field))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(digits -> Long.parseLong(digits) << 10)
        .findFirst()
        .orElse(0);
  }
}
