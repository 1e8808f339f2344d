package garrison.bench.engine;

import garrison.daemonset.DaemonPod;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Taint;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What the benches are about: a DaemonSet, nodes, and the pods of the one on the others. */
final class Daemons {
  /** The time, which stands still. */
  static final Instant START = Instant.ofEpochSecond(1_000_000);

  /** How many DaemonSets a cluster has, where there are several. */
  static final int MANY = 20;

  static final DaemonSet DAEMON_SET =
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

  private static final List<Taint> CORDON =
      List.of(new Taint("maintenance", "", Taint.NO_SCHEDULE, null));

  private Daemons() {}

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

  /** The node with a taint that the DaemonSet does not tolerate. */
  static Node tainted(Node node) {
    return new Node(
        node.meta(),
        node.unschedulable(),
        CORDON,
        node.conditions(),
        node.capacity(),
        node.allocatable());
  }

  /** The i of the i-th node. */
  static int number(String node) {
    return Integer.parseInt(node, "node-".length(), node.length(), 10);
  }

  /** The pod of the i-th node, with texts of its own, as read from an answer of the server. */
  static DaemonPod pod(int i, String node, String hash, boolean ready) {
    return new DaemonPod(
        "log-" + hash + i,
        "6f0d2c1e-8a54-4b1d-9c3e-" + (100_000_000_000L + i),
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
