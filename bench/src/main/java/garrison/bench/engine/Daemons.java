package garrison.bench.engine;

import garrison.daemonset.DaemonPod;
import garrison.model.DaemonSet;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.Taint;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private static final Instant MADE = START.minusSeconds(100);
  private static final Resources NONE = Resources.of(Json.object());
  private static final ObjectNode DOCUMENT =
      (ObjectNode)
          Json.parse(
              """
              {"apiVersion":"v1","kind":"Pod",
               "metadata":{"name":"","generateName":"log-","namespace":"ops","uid":"",
                "resourceVersion":"123456","generation":1,"creationTimestamp":"1970-01-12T13:45:00Z",
                "labels":{"app":"log","controller-revision-hash":"a"},
                "ownerReferences":[{"apiVersion":"apps/v1","kind":"DaemonSet","name":"log","uid":"d",
                 "controller":true,"blockOwnerDeletion":true}]},
               "spec":{"nodeName":"","containers":[{"name":"c","image":"i:1"}],
                "tolerations":[{"key":"gpu","operator":"Exists"}]},
               "status":{"phase":"Running","podIP":"10.0.0.1","conditions":[
                {"type":"PodScheduled","status":"True","lastTransitionTime":"1970-01-12T13:45:00Z"},
                {"type":"Initialized","status":"True","lastTransitionTime":"1970-01-12T13:45:00Z"},
                {"type":"Ready","status":"True","lastTransitionTime":"1970-01-12T13:45:00Z"},
                {"type":"ContainersReady","status":"True","lastTransitionTime":"1970-01-12T13:45:00Z"}]}}
              """);
  private static final Map<String, String> LABELS_A = Map.of("app", "log", Pod.HASH_LABEL, "a");
  private static final Map<String, String> LABELS_B = Map.of("app", "log", Pod.HASH_LABEL, "b");

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

  /** The i-th node as just read, with a taint that the DaemonSet does not tolerate or without. */
  static Node node(int i, Map<String, String> labels, boolean tainted) {
    return new Node(
        meta("", "node-" + i, "n" + i, labels),
        false,
        tainted ? CORDON : List.of(),
        List.of(),
        NONE,
        NONE);
  }

  private static Meta meta(String namespace, String name, String uid, Map<String, String> labels) {
    return new Meta(
        namespace, name, uid, "1", 1, labels, Map.of(), List.of(), List.of(), MADE, null, null);
  }

  /** The i of the i-th node. */
  static int number(String node) {
    return Integer.parseInt(node, "node-".length(), node.length(), 10);
  }

  /** What the fleet keeps of the i-th node's pod, with texts of its own. */
  static DaemonPod pod(int i, String hash, boolean ready) {
    return DaemonPod.of(readPod(i, hash, ready));
  }

  /** The pod of the i-th node as just read. */
  private static Pod readPod(int i, String hash, boolean ready) {
    return new Pod(
        meta("ops", "log-" + hash + i, uid(i), hash.equals("a") ? LABELS_A : LABELS_B),
        "node-" + i,
        "Running",
        ready,
        MADE,
        DOCUMENT);
  }

  private static String uid(int i) {
    return "6f0d2c1e-8a54-4b1d-9c3e-" + (100_000_000_000L + i);
  }

  /** The same as the document that a watch brings; the next call changes it. */
  static ObjectNode podDocument(int i, String hash, boolean ready) {
    ObjectNode metadata = (ObjectNode) DOCUMENT.get("metadata");
    metadata.put("name", "log-" + hash + i).put("uid", uid(i));
    ((ObjectNode) metadata.get("labels")).put(Pod.HASH_LABEL, hash);
    ((ObjectNode) DOCUMENT.get("spec")).put("nodeName", "node-" + i);
    ((ObjectNode) DOCUMENT.at("/status/conditions/2")).put("status", ready ? "True" : "False");
    return DOCUMENT;
  }
}
