package garrison.cli.plan;

import garrison.daemonset.plan.Forecast;
import garrison.daemonset.plan.PodTimes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What applying one object of a manifest would do. A value.
 *
 * @param object as kubectl names it, such as {@code daemonset.apps/log}
 * @param namespace of the object, empty where it has none
 * @param outcome kubectl's word, such as {@code configured}; empty where it is refused
 * @param refusal why the server refuses it; null where it does not
 * @param warnings what the server warns of
 * @param notes what else is to be known
 * @param rollout what it would do to the nodes; null where it is no DaemonSet
 */
public record Planned(
    String object,
    String namespace,
    String outcome,
    @Nullable String refusal,
    List<String> warnings,
    List<String> notes,
    @Nullable Rollout rollout) {
  /**
   * What a DaemonSet's change would do to the nodes.
   *
   * @param template whether the pod template changes
   * @param onDelete whether nothing is replaced by itself
   * @param limit how many at a time, in the words of its strategy
   * @param forecast with pods that end at once
   * @param slowest how long it takes where every pod uses its whole grace period
   * @param times what the time is reckoned from
   * @param podRefusal why the server refuses the pods; null where it does not
   * @param misfits nodes on which a new pod would find no room, with the reason
   */
  public record Rollout(
      boolean template,
      boolean onDelete,
      String limit,
      Forecast forecast,
      Duration slowest,
      PodTimes times,
      @Nullable String podRefusal,
      Map<String, String> misfits) {}
}
