package garrison.agent.pod;

import garrison.agent.node.Pressure;
import garrison.agent.pod.Preemption.Candidate;
import garrison.model.Node;
import garrison.model.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pods that the node has taken, and with them what is left for others (spec: node-agent 3.3).
 * Pods are judged one at a time, in the order in which they were announced. Thread-safe.
 */
final class Admissions {
  private final Supplier<Node> node;
  private final Supplier<Pressure> pressure;
  private final HostPathAdmission hostPaths;
  private final Consumer<String> preempt;
  private final boolean appArmor = AppArmorUse.enforced();
  private final Map<String, Candidate> active = new LinkedHashMap<>(); // guarded by this
  private final SequencedSet<String> turns = new LinkedHashSet<>(); // guarded by this

  /**
   * With nothing taken.
   *
   * @param node asks the server, as far as it answers
   * @param hostPaths what the machine's owner says, asked last
   * @param preempt ends the pod of a uid, in its own time; {@link #release} follows
   */
  Admissions(
      Supplier<Node> node,
      Supplier<Pressure> pressure,
      HostPathAdmission hostPaths,
      Consumer<String> preempt) {
    this.node = node;
    this.pressure = pressure;
    this.hostPaths = hostPaths;
    this.preempt = preempt;
  }

  /** A pod that runs here already: it was taken by an agent before this one. */
  synchronized void adopt(Pod pod, boolean ofFile) {
    active.put(pod.meta().uid(), new Candidate(pod, ofFile));
  }

  /** A pod that will ask: those announced before it are judged before it. */
  synchronized void announce(String uid) {
    turns.add(uid);
  }

  /** It has been judged, or does not ask after all: nobody waits for it any more. */
  synchronized void passed(String uid) {
    turns.remove(uid);
    notifyAll();
  }

  /** Takes a pod, or says why not; {@code ofFile}: a static one. */
  @Nullable Rejection admit(Pod pod, boolean ofFile) throws InterruptedException {
    String uid = pod.meta().uid();
    while (true) {
      Node now = node.get(); // may block, so before the lock
      Pressure shortOf = pressure.get();
      Rejection path = hostPaths.check(pod.spec()); // asks the disk, so before the lock, too
      List<Pod> victims;
      synchronized (this) {
        awaitTurn(uid);
        if (active.containsKey(uid)) {
          return null;
        }
        List<Pod> others = new ArrayList<>();
        active.values().forEach(taken -> others.add(taken.pod()));
        Admission.Result result = new Admission(now, shortOf, others, appArmor).judge(pod, ofFile);
        Rejection rejection = result.rejection() == null ? path : result.rejection();
        if (rejection == null) {
          active.put(uid, new Candidate(pod, ofFile));
        }
        if (result.lacking().isEmpty() || path != null || !Preemption.critical(pod, ofFile)) {
          return rejection;
        }
        victims = Preemption.victims(pod, ofFile, active.values(), result.lacking());
        if (victims == null) {
          return Preemption.impossible(result.lacking());
        }
      }
      for (Pod victim : victims) {
        preempt.accept(victim.meta().uid());
      }
      awaitEnd(victims);
    }
  }

  /** Only within the lock. */
  private void awaitTurn(String uid) throws InterruptedException {
    while (turns.contains(uid) && !turns.getFirst().equals(uid)) {
      wait();
    }
  }

  private synchronized void awaitEnd(List<Pod> victims) throws InterruptedException {
    while (victims.stream().anyMatch(victim -> active.containsKey(victim.meta().uid()))) {
      wait();
    }
  }

  /** Nothing of the pod runs any more. */
  synchronized void release(String uid) {
    active.remove(uid);
    notifyAll();
  }
}
