package garrison.agent.probe;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One probe of a container as its pod asks for it, with upstream's defaults. Immutable.
 *
 * @param kind what it decides
 * @param check how it asks
 * @param initialDelay since the container's start
 * @param timeout of one check
 * @param period from one check to the next
 * @param successes in a row that make a success
 * @param failures in a row that make a failure
 * @param grace the container's after a failure, null for the pod's
 */
public record Probe(
    ProbeKind kind,
    Check check,
    Duration initialDelay,
    Duration timeout,
    Duration period,
    int successes,
    int failures,
    @Nullable Duration grace) {

  /**
   * Reads one; null where the container has none of that kind.
   *
   * @param expand for variables in commands
   */
  public static @Nullable Probe of(
      JsonNode container, ProbeKind kind, UnaryOperator<String> expand) {
    JsonNode probe = container.path(kind.field());
    if (!probe.isObject()) {
      return null;
    }
    long grace = probe.path("terminationGracePeriodSeconds").asLong(-1);
    return new Probe(
        kind,
        Check.of(probe, container, expand),
        Duration.ofSeconds(Math.max(0, probe.path("initialDelaySeconds").asLong(0))),
        Duration.ofSeconds(positive(probe, "timeoutSeconds", 1)),
        Duration.ofSeconds(positive(probe, "periodSeconds", 10)),
        (int) positive(probe, "successThreshold", 1),
        (int) positive(probe, "failureThreshold", 3),
        grace < 0 ? null : Duration.ofSeconds(grace));
  }

  /** Zero means the default, as before defaults are filled in. */
  private static long positive(JsonNode probe, String field, long otherwise) {
    long number = probe.path(field).asLong(0);
    return number > 0 ? number : otherwise;
  }
}
