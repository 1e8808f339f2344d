package garrison.daemonset;

import garrison.model.Taint;
import garrison.model.Toleration;
import java.util.ArrayList;
import java.util.List;

/** The tolerations that every daemon pod gets by itself (spec: daemonset 2.4). */
final class AutomaticTolerations {
  private static final List<Toleration> ALWAYS =
      List.of(
          Toleration.exists("node.kubernetes.io/not-ready", Taint.NO_EXECUTE),
          Toleration.exists("node.kubernetes.io/unreachable", Taint.NO_EXECUTE),
          Toleration.exists("node.kubernetes.io/disk-pressure", Taint.NO_SCHEDULE),
          Toleration.exists("node.kubernetes.io/memory-pressure", Taint.NO_SCHEDULE),
          Toleration.exists("node.kubernetes.io/pid-pressure", Taint.NO_SCHEDULE),
          Toleration.exists("node.kubernetes.io/unschedulable", Taint.NO_SCHEDULE));
  private static final Toleration HOST_NETWORK =
      Toleration.exists("node.kubernetes.io/network-unavailable", Taint.NO_SCHEDULE);

  private AutomaticTolerations() {}

  /** The template's own tolerations with the automatic ones merged in (spec: daemonset 2.3). */
  static List<Toleration> addTo(List<Toleration> own, boolean hostNetwork) {
    List<Toleration> all = new ArrayList<>(own);
    ALWAYS.forEach(toleration -> addOrReplace(all, toleration));
    if (hostNetwork) {
      addOrReplace(all, HOST_NETWORK);
    }
    return List.copyOf(all);
  }

  private static void addOrReplace(List<Toleration> all, Toleration added) {
    boolean replaced = false;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).sameAs(added)) {
        all.set(i, added);
        replaced = true;
      }
    }
    if (!replaced) {
      all.add(added);
    }
  }
}
