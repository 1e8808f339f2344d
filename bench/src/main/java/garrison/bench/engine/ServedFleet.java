package garrison.bench.engine;

import garrison.daemonset.Action;
import garrison.daemonset.DaemonPod;
import garrison.daemonset.Fleet;
import garrison.daemonset.NodeTable;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A fleet in which every node has its pod, running and ready; all actions succeed at once. */
final class ServedFleet {
  private static final Instant START = Instant.ofEpochSecond(1_000_000);
  private static final DaemonSet DAEMON_SET =
      DaemonSet.of(
          (ObjectNode)
              Yaml.documents(
                      """
                      apiVersion: apps/v1
                      kind: DaemonSet
                      metadata: {name: log, namespace: ops, uid: d, generation: 1}
                      spec:
                        selector: {matchLabels: {app: log}}
                        updateStrategy:
                          type: RollingUpdate
                          rollingUpdate: {maxUnavailable: 10%, maxSurge: 0}
                        template:
                          metadata: {labels: {app: log}}
                          spec:
                            nodeSelector: {kubernetes.io/os: linux}
                            tolerations: [{key: gpu, operator: Exists}]
                            containers: [{name: c, image: 'i:1'}]
                      status: {observedGeneration: 1}
                      """)
                  .getFirst());

  private final NodeTable table;
  private final List<Node> nodes;
  private final Fleet fleet;
  private String hash = "a";

  /** Of these nodes. */
  ServedFleet(List<Node> nodes) {
    this.nodes = nodes;
    this.table = tableOf(nodes);
    this.fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    fleet.advance(START);
    fleet.daemonSetChanged(DAEMON_SET, hash);
    settle();
  }

  /** Nodes as machines have them: some labels, one in eight with a taint that is tolerated. */
  static List<Node> nodes(int count) {
    List<Node> nodes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nodes.add(
          Node.of(
              Json.parse(
                  """
                  {"metadata":{"name":"node-%d","labels":{"kubernetes.io/os":"linux",
                    "kubernetes.io/arch":"amd64","kubernetes.io/hostname":"node-%d",
                    "topology.kubernetes.io/zone":"zone-%d"}},
                   "spec":{"taints":[%s]}}
                  """
                      .formatted(
                          i,
                          i,
                          i % 3,
                          i % 8 == 0 ? "{\"key\":\"gpu\",\"effect\":\"NoSchedule\"}" : ""))));
    }
    return nodes;
  }

  static NodeTable tableOf(List<Node> nodes) {
    NodeTable table = new NodeTable();
    nodes.forEach(table::put);
    return table;
  }

  /** What a new DaemonSet asks for first. */
  static List<Action> firstDecision(NodeTable table) {
    Fleet fleet = new Fleet(table, Fleet.BackOffLimits.UPSTREAM);
    fleet.advance(START);
    fleet.daemonSetChanged(DAEMON_SET, "a");
    return fleet.next(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** A pod of the i-th node loses readiness and gets it back: two events, each with its actions. */
  int flicker(int i) {
    String node = nodes.get(i).name();
    fleet.podChanged(pod(node, false));
    int actions = next().size();
    fleet.podChanged(pod(node, true));
    return actions + next().size();
  }

  /** The i-th node is told of anew. */
  int nodeEvent(int i) {
    fleet.nodeChanged(nodes.get(i));
    return next().size();
  }

  /** A new template, until every pod is of its revision; how many actions that took. */
  int rollOut() {
    hash = hash.equals("a") ? "b" : "a";
    fleet.daemonSetChanged(DAEMON_SET, hash);
    return settle();
  }

  /** Carries out what the fleet asks for until it asks for nothing; how many actions that took. */
  private int settle() {
    int done = 0;
    for (List<Action> next = next(); !next.isEmpty(); next = next()) {
      for (Action action : next) {
        switch (action) {
          case Action.CreatePod create -> fleet.created(create.node(), pod(create.node(), true));
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

  private DaemonPod pod(String node, boolean ready) {
    String name = "log-" + node + "-" + hash;
    return new DaemonPod(
        name,
        name,
        node,
        true,
        DaemonPod.Phase.RUNNING,
        false,
        ready,
        START.getEpochSecond() - 100,
        START.getEpochSecond() - 200,
        hash,
        "");
  }
}
