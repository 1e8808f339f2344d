package garrison.cli;

import garrison.client.Cluster;
import garrison.client.cache.Handler;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows node by node how the DaemonSets of a manifest come up: a table that is redrawn in place on
 * a terminal, one plain line for each change elsewhere. Ends by itself once every pod is ready, and
 * goes on quietly afterwards when pods change.
 */
final class RolloutView implements AutoCloseable {
  private static final int MOST_ROWS = 20;

  private final Reflector<Pod> pods;
  private final Reflector<ObjectNode> daemonSets;
  private final Set<String> shown;
  private final boolean terminal;

  /** What each node's pod is doing, by DaemonSet and node. */
  private final Map<String, String> states = new TreeMap<>();

  private final Set<String> complete = new HashSet<>();
  private int drawn;

  private RolloutView(Cluster cluster, Set<String> shown) {
    this.shown = shown;
    this.terminal = System.console() != null && System.console().isTerminal();
    this.pods = new Reflector<>(cluster, Kinds.POD, Scope.ALL, Pod::of);
    this.daemonSets = new Reflector<>(cluster, Kinds.DAEMON_SET, Scope.ALL, document -> document);
  }

  /** Starts to show these DaemonSets. */
  static RolloutView start(Cluster cluster, List<ObjectNode> manifests) {
    Set<String> names = new HashSet<>();
    for (ObjectNode manifest : manifests) {
      JsonNode metadata = manifest.path("metadata");
      names.add(
          metadata.path("namespace").asString("default")
              + "/"
              + metadata.path("name").asString(""));
    }
    RolloutView view = new RolloutView(cluster, names);
    view.pods.cache().addHandler(view.new PodHandler());
    view.daemonSets.cache().addHandler(view.new DaemonSetHandler());
    view.pods.start();
    view.daemonSets.start();
    return view;
  }

  private final class PodHandler implements Handler<Pod> {
    @Override
    public void added(Pod pod) {
      changed(pod, false);
    }

    @Override
    public void updated(Pod old, Pod now) {
      changed(now, false);
    }

    @Override
    public void deleted(Pod last) {
      changed(last, true);
    }
  }

  private final class DaemonSetHandler implements Handler<ObjectNode> {
    @Override
    public void added(ObjectNode set) {
      counted(set);
    }

    @Override
    public void updated(ObjectNode old, ObjectNode now) {
      counted(now);
    }
  }

  private synchronized void changed(Pod pod, boolean gone) {
    var owner = pod.meta().controller();
    String node = pod.targetNode();
    if (owner == null || node == null || !owner.kind().equals("DaemonSet")) {
      return;
    }
    String set = pod.namespace() + "/" + owner.name();
    if (!shown.contains(set)) {
      return;
    }
    String key = set + " " + node;
    String state = gone ? "gone" : pod.name() + "  " + describe(pod);
    if (gone && !states.getOrDefault(key, "").startsWith(pod.name())) {
      return;
    }
    if (!state.equals(states.put(key, state))) {
      show(key, state);
    }
  }

  private synchronized void counted(ObjectNode set) {
    JsonNode metadata = set.path("metadata");
    String name =
        metadata.path("namespace").asString("") + "/" + metadata.path("name").asString("");
    JsonNode status = set.path("status");
    int desired = status.path("desiredNumberScheduled").asInt(0);
    boolean done =
        shown.contains(name)
            && desired > 0
            && status.path("observedGeneration").asLong(0) >= metadata.path("generation").asLong(0)
            && status.path("updatedNumberScheduled").asInt(0) == desired
            && status.path("numberReady").asInt(0) == desired;
    if (!done) {
      complete.remove(name);
    } else if (complete.add(name)) {
      System.out.println(
          "daemonset " + name + " runs on " + desired + (desired == 1 ? " node" : " nodes"));
      System.out.flush();
      drawn = 0;
    }
  }

  private void show(String key, String state) {
    int blank = key.indexOf(' ');
    String set = key.substring(0, blank);
    String node = key.substring(blank + 1);
    if (!terminal) {
      System.out.println("daemonset " + set + " on " + node + ": " + state);
      System.out.flush();
      return;
    }
    StringBuilder screen = new StringBuilder();
    if (drawn > 0) {
      screen.append("\u001b[").append(drawn).append("A\u001b[J");
    }
    int rows = 0;
    for (Map.Entry<String, String> entry : states.entrySet()) {
      if (rows == MOST_ROWS) {
        screen.append("… and ").append(states.size() - rows).append(" more\n");
        rows++;
        break;
      }
      screen.append(String.format("%-48s %s%n", entry.getKey(), entry.getValue()));
      rows++;
    }
    drawn = rows;
    System.out.print(screen);
    System.out.flush();
  }

  /** The pod's state in a word: the table column of kubectl get pods, made short. */
  private static String describe(Pod pod) {
    if (pod.terminating()) {
      return "Terminating";
    }
    if (pod.ready()) {
      return "Running, ready";
    }
    for (JsonNode container : pod.status().path("containerStatuses")) {
      JsonNode waiting = container.path("state").path("waiting");
      if (waiting.isObject()) {
        String message = waiting.path("message").asString("");
        String reason = waiting.path("reason").asString("");
        return message.isEmpty() ? reason : reason + ": " + message;
      }
    }
    return pod.phase().isEmpty() ? "Pending" : pod.phase();
  }

  @Override
  public void close() {
    pods.close();
    daemonSets.close();
  }
}
