package garrison.control.eviction;

import garrison.model.Taint;
import garrison.model.Toleration;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long a pod may stay on a tainted node (spec: daemonset 9.4). */
public sealed interface Stay {
  /** For ever. */
  record Forever() implements Stay {}

  /** Not at all. */
  record No() implements Stay {}

  /** So long, from when this was first found. */
  record For(Duration time) implements Stay {}

  /** Decides. Only NoExecute taints count; for each, the first toleration that matches it. */
  static Stay of(List<Taint> taints, List<Toleration> tolerations) {
    Long shortest = null;
    for (Taint taint : taints) {
      if (!taint.effect().equals(Taint.NO_EXECUTE)) {
        continue;
      }
      Toleration used = first(taint, tolerations);
      if (used == null) {
        return new No();
      }
      Long seconds = used.tolerationSeconds();
      if (seconds != null && (shortest == null || seconds < shortest)) {
        shortest = seconds;
      }
    }
    if (shortest == null) {
      return new Forever();
    }
    return shortest <= 0 ? new No() : new For(Duration.ofSeconds(shortest));
  }

  private static @Nullable Toleration first(Taint taint, List<Toleration> tolerations) {
    for (Toleration toleration : tolerations) {
      if (toleration.tolerates(taint)) {
        return toleration;
      }
    }
    return null;
  }
}
