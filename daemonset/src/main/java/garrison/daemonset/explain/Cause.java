package garrison.daemonset.explain;

import java.util.ArrayList;
import java.util.List;

/**
 * One reason why a node has no pod, no ready pod, or not the present one. A value.
 *
 * @param code a stable word for programs, such as {@code untolerated_taint}
 * @param summary in words that hold for every node alike: by it nodes are grouped
 * @param sentence the same with what is known of this node; equal to the summary where nothing is
 * @param fixes what can be done, the best first
 */
public record Cause(String code, String summary, String sentence, List<Fix> fixes) {
  static Cause of(String code, String sentence, Fix... fixes) {
    return of(code, sentence, sentence, List.of(fixes));
  }

  static Cause of(String code, String summary, String sentence, List<Fix> fixes) {
    return new Cause(code, summary, sentence, alternatives(fixes));
  }

  /** What comes first is no alternative to anything. */
  private static List<Fix> alternatives(List<Fix> fixes) {
    if (fixes.isEmpty() || !fixes.getFirst().what().startsWith("or ")) {
      return List.copyOf(fixes);
    }
    List<Fix> all = new ArrayList<>(fixes);
    Fix first = all.getFirst();
    all.set(0, new Fix(first.what().substring("or ".length()), first.command(), first.manifest()));
    return List.copyOf(all);
  }

  /** Whether two nodes have the same reason. */
  boolean like(Cause other) {
    return code.equals(other.code) && summary.equals(other.summary);
  }
}
