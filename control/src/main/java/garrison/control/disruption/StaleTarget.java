package garrison.control.disruption;

import garrison.model.Condition;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A pod that says it is about to be disrupted and never is: whoever said so has failed, or thought
 * better of it. After a while the mark is taken back. Pure.
 */
final class StaleTarget {
  static final String TYPE = "DisruptionTarget";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private StaleTarget() {}

  /** When the mark of this pod is to be taken back; null where it has none, or rightly. */
  static @Nullable Instant due(Pod pod) {
    if (pod.terminating() || pod.terminal()) {
      return null;
    }
    for (JsonNode each : pod.status().path("conditions")) {
      if (each.path("type").asString("").equals(TYPE)) {
        Condition mark = Condition.of(each);
        // A kubelet marks a pod long before it ends it.
        return mark.isTrue() && !mark.reason().equals("TerminationByKubelet")
            ? Objects.requireNonNullElse(mark.lastTransitionTime(), Instant.EPOCH).plus(PATIENCE)
            : null;
      }
    }
    return null;
  }
}
