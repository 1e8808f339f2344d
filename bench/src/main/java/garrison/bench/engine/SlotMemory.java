package garrison.bench.engine;

import garrison.daemonset.DaemonPod;
import garrison.daemonset.Fleet;
import garrison.daemonset.NodeTable;
import garrison.model.Node;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What fleets add to the heap, by the heap itself: the pods' records are there before, and what is
 * in use after full collections is compared. A fleet, its table of nodes not counted, holds one
 * slot for each node, with a pod that is ready.
 */
final class SlotMemory {
  private SlotMemory() {}

  /** Bytes of heap for each (DaemonSet, node), beyond the pod's record. */
  static double measure(int nodeCount, int daemonSets) {
    List<Node> nodes = Daemons.nodes(nodeCount);
    NodeTable table = ServedFleet.tableOf(nodes);
    List<List<DaemonPod>> pods = new ArrayList<>();
    for (int d = 0; d < daemonSets; d++) {
      List<DaemonPod> ofOne = new ArrayList<>(nodeCount);
      for (int i = 0; i < nodeCount; i++) {
        ofOne.add(Daemons.pod(i, "a", true));
      }
      pods.add(ofOne);
    }
    long before = used();
    List<Fleet> fleets = new ArrayList<>();
    for (List<DaemonPod> ofOne : pods) {
      Fleet fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
      fleet.advance(Daemons.START);
      fleet.daemonSetChanged(Daemons.DAEMON_SET, "a");
      ofOne.forEach(fleet::podChanged);
      if (!fleet.next(1, 1).isEmpty()) {
        throw new IllegalStateException("a fleet that is served asks for something");
      }
      fleets.add(fleet);
    }
    long after = used();
    Reference.reachabilityFence(fleets);
    Reference.reachabilityFence(pods);
    return (double) (after - before) / ((double) nodeCount * daemonSets);
  }

  /** One line for each size of the fleet. */
  static void print(List<Integer> sizes) {
    for (int size : sizes) {
      System.out.printf(
          Locale.ROOT,
          "%-34s %8d nodes  %12.1f bytes%n",
          "memory of a (DaemonSet, node)",
          size,
          measure(size, Math.max(1, 400_000 / size)));
    }
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
