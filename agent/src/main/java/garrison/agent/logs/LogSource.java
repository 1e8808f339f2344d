package garrison.agent.logs;

import garrison.agent.Refusal;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Finds the logs of containers. Thread-safe. */
@FunctionalInterface
public interface LogSource {
  /**
   * A log.
   *
   * @param file the current one; it may be renamed and made anew while it is read
   * @param running whether more may still come; asked again and again
   */
  record Log(Path file, BooleanSupplier running) {}

  /**
   * The log of a container, or of its run before.
   *
   * @throws Refusal where there is none
   */
  Log find(String namespace, String pod, String container, boolean previous) throws Refusal;
}
