package garrison.agent.cri;

import garrison.agent.cri.v1.Container;
import garrison.agent.cri.v1.PodSandbox;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a runtime had of each pod when it was last asked for everything: which sandboxes and
 * containers, in which states. Immutable.
 */
final class Relist {
  static final Relist NOTHING = new Relist(Map.of(), Set.of(), Set.of());

  private final Map<String, Map<String, Integer>> pods;
  private final Set<String> sandboxes;
  private final Set<String> containers;

  private Relist(
      Map<String, Map<String, Integer>> pods, Set<String> sandboxes, Set<String> containers) {
    this.pods = pods;
    this.sandboxes = sandboxes;
    this.containers = containers;
  }

  static Relist of(List<PodSandbox> sandboxes, List<Container> containers) {
    Map<String, Map<String, Integer>> pods = new HashMap<>();
    Set<String> frames = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (PodSandbox sandbox : sandboxes) {
      frames.add(sandbox.getId());
      pods.computeIfAbsent(sandbox.getMetadata().getUid(), uid -> new TreeMap<>())
          .put(sandbox.getId(), sandbox.getStateValue());
    }
    for (Container container : containers) {
      String uid = container.getLabelsOrDefault(Labels.POD_UID, "");
      ids.add(container.getId());
      pods.computeIfAbsent(uid, any -> new TreeMap<>())
          .put(container.getId(), container.getStateValue());
    }
    return new Relist(pods, frames, ids);
  }

  /** Uids of the pods of which it has something else than before. */
  Set<String> changedSince(Relist before) {
    Set<String> changed = new HashSet<>();
    pods.forEach(
        (uid, now) -> {
          if (!now.equals(before.pods.get(uid))) {
            changed.add(uid);
          }
        });
    before.pods.keySet().stream().filter(uid -> !pods.containsKey(uid)).forEach(changed::add);
    return changed;
  }

  /** Uids of all its pods. */
  Set<String> pods() {
    return pods.keySet();
  }

  /** Ids of all its sandboxes. */
  Set<String> sandboxes() {
    return sandboxes;
  }

  /** Ids of all its containers. */
  Set<String> containers() {
    return containers;
  }
}
