package garrison.control.binding;

import garrison.model.HostPort;
import garrison.model.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the pods on one node take together, kept as sums: adding or removing a pod costs the same
 * however many there are. Not thread-safe.
 */
public final class Load {
  private final Map<String, Demand> pods = new HashMap<>();
  private final List<HostPort> ports = new ArrayList<>(0);
  private Resources requests = Resources.NONE;

  /** Adds a pod by uid; one that is there already is replaced. */
  void add(String uid, Demand demand) {
    remove(uid);
    pods.put(uid, demand);
    requests = requests.plus(demand.requests());
    ports.addAll(demand.ports());
  }

  /** Removes a pod; whether it was there. */
  boolean remove(String uid) {
    Demand gone = pods.remove(uid);
    if (gone == null) {
      return false;
    }
    requests = requests.minus(gone.requests());
    gone.ports().forEach(ports::remove);
    return true;
  }

  /** How many pods there are. */
  int pods() {
    return pods.size();
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
