package garrison.agent.pod;

import garrison.agent.node.Pressure;
import garrison.model.Node;
import garrison.model.Pod;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pods that the node has taken, and with them what is left for others. Thread-safe. */
final class Admissions {
  private final Supplier<Node> node;
  private final Supplier<Pressure> pressure;
  private final HostPathAdmission hostPaths;
  private final Map<String, Pod> active = new LinkedHashMap<>();

  /** {@code node} asks the server, as far as it answers. */
  Admissions(Supplier<Node> node, Supplier<Pressure> pressure, HostPathAdmission hostPaths) {
    this.node = node;
    this.pressure = pressure;
    this.hostPaths = hostPaths;
  }

  /** A pod that runs here already: it was taken by an agent before this one. */
  synchronized void adopt(Pod pod) {
    active.put(pod.meta().uid(), pod);
  }

  /** Takes a pod, or says why not; {@code ofFile}: a static one. */
  @Nullable Rejection admit(Pod pod, boolean ofFile) {
    Node now = node.get(); // may block, so before the lock
    Pressure shortOf = pressure.get();
    Rejection path = hostPaths.check(pod.spec()); // asks the disk, so before the lock, too
    synchronized (this) {
      if (active.containsKey(pod.meta().uid())) {
        return null;
      }
      Rejection rejection = new Admission(now, shortOf, active.values()).check(pod, ofFile);
      if (rejection == null) {
        rejection = path;
      }
      if (rejection == null) {
        active.put(pod.meta().uid(), pod);
      }
      return rejection;
    }
  }

  /** Nothing of the pod runs any more. */
  synchronized void release(String uid) {
    active.remove(uid);
  }
}
