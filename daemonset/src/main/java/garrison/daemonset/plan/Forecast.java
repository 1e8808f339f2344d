package garrison.daemonset.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a change does to the nodes. A value; lists are by name where nothing else is said.
 *
 * @param gained nodes that get a pod and were not to have one
 * @param completed nodes that were to have a pod, have none yet, and get one
 * @param lost nodes that lose their pod, with the reason
 * @param kept nodes that get no new pod and keep the one they have, with the reason
 * @param waves the replacements, in order
 * @param untouched how many nodes keep their pod, because it is of this very template
 * @param behind nodes that stay with an older template as things are
 * @param blockers the nodes for whose sake they do, because they use up what may be unavailable;
 *     empty where nothing is replaced by itself
 * @param excluded nodes that have no pod and get none: how many, by the reason
 * @param end how long after the change the last new pod is available
 */
public record Forecast(
    List<String> gained,
    List<String> completed,
    Map<String, String> lost,
    Map<String, String> kept,
    List<Wave> waves,
    int untouched,
    List<String> behind,
    List<String> blockers,
    Map<String, Integer> excluded,
    Duration end) {
  /** How many nodes get their pod replaced. */
  public int restarted() {
    return waves.stream().mapToInt(wave -> wave.nodes().size()).sum();
  }

  /** All nodes that get a new pod: those that gain one first, then wave by wave. */
  public List<String> served() {
    List<String> served = new ArrayList<>(gained);
    served.addAll(completed);
    waves.forEach(wave -> served.addAll(wave.nodes()));
    return served;
  }

  /** Whether it does nothing at all to any node. */
  public boolean nothing() {
    return gained.isEmpty()
        && completed.isEmpty()
        && lost.isEmpty()
        && waves.isEmpty()
        && behind.isEmpty();
  }
}
