package garrison.bench.engine;

import garrison.daemonset.Action;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.Fleet;
import garrison.daemonset.NodeTable;
import garrison.model.Node;
import garrison.model.Pod;
import java.util.BitSet;
import java.util.List;

/** A fleet in which every node has its pod, running and ready; all actions succeed at once. */
final class ServedFleet {
  private final Fleet fleet;
  private final BitSet unready = new BitSet();
  private String hash = "a";

  /** On the nodes of this table. */
  ServedFleet(NodeTable table) {
    this.fleet = newFleet(table);
    settle();
  }

  /** A table of these nodes. */
  static NodeTable tableOf(List<Node> nodes) {
    NodeTable table = new NodeTable();
    nodes.forEach(table::put);
    return table;
  }

  /** What a new DaemonSet asks for first. */
  static List<Action> firstDecision(NodeTable table) {
    return newFleet(table).next(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  private static Fleet newFleet(NodeTable table) {
    Fleet fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    fleet.advance(Daemons.START);
    fleet.daemonSetChanged(Daemons.DAEMON_SET, "a");
    return fleet;
  }

  /** The i-th node's pod loses readiness, or gets it back; how many actions that asks for. */
  int podEvent(int i) {
    unready.flip(i);
    fleet.podChanged(Daemons.pod(i, hash, !unready.get(i)));
    return next().size();
  }

  /** The same, from the document that a watch brings. */
  int podDocument(int i) {
    unready.flip(i);
    fleet.podChanged(DaemonPod.of(Pod.of(Daemons.podDocument(i, hash, !unready.get(i)))));
    return next().size();
  }

  /** A node of the table is new to the fleet or changed; how many actions that asks for. */
  int nodeEvent(Node node) {
    fleet.nodeChanged(node);
    return next().size();
  }

  /** A new template, until every pod is of its revision; how many actions that took. */
  int rollOut() {
    hash = hash.equals("a") ? "b" : "a";
    fleet.daemonSetChanged(Daemons.DAEMON_SET, hash);
    return settle();
  }

  /** Carries out what the fleet asks for until it asks for nothing; how many actions that took. */
  private int settle() {
    int done = 0;
    for (List<Action> next = next(); !next.isEmpty(); next = next()) {
      for (Action action : next) {
        switch (action) {
          case Action.CreatePod create ->
              fleet.created(create.node(), Daemons.pod(Daemons.number(create.node()), hash, true));
          case Action.DeletePod delete -> fleet.podGone(delete.pod().uid());
        }
      }
      done += next.size();
    }
    return done;
  }

  /** As many as the loop has under way at most. */
  private List<Action> next() {
    return fleet.next(250, 250);
  }
}
