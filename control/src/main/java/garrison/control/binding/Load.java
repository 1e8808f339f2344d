package garrison.control.binding;

import garrison.model.HostPort;
import garrison.model.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the pods on one node take together, kept as sums: adding or removing a pod costs the same
 * however many there are. Not thread-safe.
 */
final class Load {
  private final Map<String, Occupant> pods = new HashMap<>();
  private final List<HostPort> ports = new ArrayList<>(0);
  private Resources requests = Resources.NONE;

  /** The load of these pods. */
  static Load of(Collection<Occupant> pods) {
    Load load = new Load();
    pods.forEach(load::add);
    return load;
  }

  /** Adds a pod; one that is there already is replaced. */
  void add(Occupant pod) {
    remove(pod.uid());
    pods.put(pod.uid(), pod);
    requests = requests.plus(pod.requests());
    ports.addAll(pod.ports());
  }

  /** Removes a pod; whether it was there. */
  boolean remove(String uid) {
    Occupant gone = pods.remove(uid);
    if (gone == null) {
      return false;
    }
    requests = requests.minus(gone.requests());
    gone.ports().forEach(ports::remove);
    return true;
  }

  /** A pod, null where it is not there. */
  @Nullable Occupant get(String uid) {
    return pods.get(uid);
  }

  /** How many pods there are. */
  int pods() {
    return pods.size();
  }

  /** The pods, in no order; a view. */
  Collection<Occupant> occupants() {
    return pods.values();
  }

  /** What they ask for together. */
  Resources requests() {
    return requests;
  }

  /** Whether one of them takes that port. */
  boolean takes(HostPort wanted) {
    for (HostPort taken : ports) {
      if (taken.conflictsWith(wanted)) {
        return true;
      }
    }
    return false;
  }
}
