package garrison.cli.status;

import garrison.client.Cluster;
import garrison.client.ListOptions;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state of a fleet in a few numbers: nodes by state, DaemonSets with their counters and what
 * holds them up. A value; equal states are equal.
 *
 * @param nodes how many nodes are in each state, such as {@code Ready}
 * @param daemonSets by namespace and name
 */
public record FleetStatus(Map<String, Integer> nodes, List<DaemonSetStatus> daemonSets) {
  /** Reads it from a server. */
  public static FleetStatus read(Cluster cluster, Clock clock) {
    Map<String, Integer> nodes = new TreeMap<>();
    for (ObjectNode document : cluster.list(Kinds.NODE, "", ListOptions.ALL).items()) {
      Node node = Node.of(document);
      String state = node.ready() ? "Ready" : "NotReady";
      nodes.merge(node.unschedulable() ? state + ",SchedulingDisabled" : state, 1, Integer::sum);
    }
    Map<String, List<Pod>> podsByOwner = new HashMap<>();
    for (ObjectNode document : cluster.list(Kinds.POD, "", ListOptions.ALL).items()) {
      Pod pod = Pod.of(document);
      var owner = pod.meta().controller();
      if (owner != null) {
        podsByOwner.computeIfAbsent(owner.uid(), uid -> new ArrayList<>()).add(pod);
      }
    }
    List<DaemonSetStatus> daemonSets = new ArrayList<>();
    for (ObjectNode document : cluster.list(Kinds.DAEMON_SET, "", ListOptions.ALL).items()) {
      DaemonSet set = DaemonSet.of(document);
      daemonSets.add(
          DaemonSetStatus.of(
              set, podsByOwner.getOrDefault(set.meta().uid(), List.of()), clock.instant()));
    }
    return new FleetStatus(nodes, daemonSets);
  }

  /** Prints it for people. */
  public void print(PrintWriter out) {
    int total = nodes.values().stream().mapToInt(Integer::intValue).sum();
    List<String> states = new ArrayList<>();
    nodes.forEach((state, count) -> states.add(count + " " + state));
    out.println("nodes       " + total + (total == 0 ? "" : ": " + String.join(", ", states)));
    if (daemonSets.isEmpty()) {
      out.println("daemonsets  none");
      return;
    }
    List<String[]> rows = new ArrayList<>();
    rows.add(
        new String[] {
          "NAMESPACE", "DAEMONSET", "DESIRED", "READY", "UP-TO-DATE", "AVAILABLE", "STATE"
        });
    for (DaemonSetStatus set : daemonSets) {
      rows.add(
          new String[] {
            set.namespace(),
            set.name(),
            String.valueOf(set.desired()),
            String.valueOf(set.ready()),
            String.valueOf(set.updated()),
            String.valueOf(set.available()),
            set.state()
          });
    }
    TextTable.print(rows, out);
  }

  /** The same for programs. */
  public ObjectNode toDocument() {
    ObjectNode document = Json.object();
    ObjectNode counts = document.putObject("nodes");
    nodes.forEach(counts::put);
    ArrayNode sets = document.putArray("daemonSets");
    for (DaemonSetStatus set : daemonSets) {
      ObjectNode one = sets.addObject();
      one.put("namespace", set.namespace());
      one.put("name", set.name());
      one.put("desired", set.desired());
      one.put("ready", set.ready());
      one.put("updated", set.updated());
      one.put("available", set.available());
      one.put("state", set.state());
    }
    return document;
  }
}
