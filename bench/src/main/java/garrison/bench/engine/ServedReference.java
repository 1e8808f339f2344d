package garrison.bench.engine;

import garrison.daemonset.DaemonPod;
import garrison.daemonset.ReferenceFleet;
import garrison.model.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The same roll-out by the reference of the tests, which looks at every node and pod in each pass,
 * as upstream's controller does. A pass carries out at most 250 creates and 250 deletions; upstream
 * makes one for nearly each of their events.
 */
final class ServedReference {
  private static final int BURST = 250;

  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final Map<String, DaemonPod> pods = new HashMap<>();
  private final ReferenceFleet reference = new ReferenceFleet();
  private String hash = "a";

  ServedReference(List<Node> all) {
    for (Node node : all) {
      nodes.put(node.name(), node);
      create(node.name());
    }
  }

  /** A new template, until every pod is of its revision; how many actions that took. */
  int rollOut() {
    hash = hash.equals("a") ? "b" : "a";
    int done = 0;
    for (int actions = pass(); actions > 0; actions = pass()) {
      done += actions;
    }
    return done;
  }

  private int pass() {
    ReferenceFleet.World world =
        new ReferenceFleet.World(
            Daemons.DAEMON_SET, hash, nodes, pods, Set.of(), Set.of(), Daemons.START);
    ReferenceFleet.Orders orders = reference.manage(world);
    List<String> creates = orders.creates().stream().limit(BURST).toList();
    List<String> deletes = new ArrayList<>(orders.deletes());
    if (creates.isEmpty() && deletes.isEmpty()) {
      ReferenceFleet.Turn turn = ReferenceFleet.rollingUpdate(world);
      deletes.addAll(turn.deletes());
      turn.deleteCandidates().stream().limit(turn.someDeletes()).forEach(deletes::add);
    }
    ReferenceFleet.status(world);
    creates.forEach(this::create);
    List<String> some = deletes.subList(0, Math.min(BURST, deletes.size()));
    some.forEach(pods::remove);
    return creates.size() + some.size();
  }

  private void create(String node) {
    DaemonPod pod = Daemons.pod(Daemons.number(node), hash, true);
    pods.put(pod.uid(), pod);
  }
}
