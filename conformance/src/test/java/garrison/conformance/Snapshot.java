package garrison.conformance;

import garrison.daemonset.Revision;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one side has made of a script so far, in lines that are the same on both where nothing
 * differs: names that a server makes up, times and hashes are left out, and a revision is its
 * number.
 *
 * @param lines sorted
 * @param settled whether nothing in it waits for anybody
 */
record Snapshot(List<String> lines, boolean settled) {
  private static final String HASH = Pod.HASH_LABEL;

  /** More revisions than a script makes. */
  private static final int LONG_HISTORY = 10;

  private static final Pattern TOKEN_VOLUME = Pattern.compile("kube-api-access-[a-z0-9]{5}");

  /**
   * Takes one.
   *
   * @param anyNode leaves out which node a pod is on, and which were restarted
   * @param counts how many pods were made and deleted
   */
  static Snapshot of(Side side, String namespace, boolean anyNode, boolean counts) {
    List<String> lines = new ArrayList<>();
    Map<String, Long> numbers = new HashMap<>();
    boolean settled = true;
    Set<String> live = new TreeSet<>();
    side.podsIn(namespace).forEach(pod -> live.add(pod.labels().getOrDefault(HASH, "")));
    for (DaemonSet daemonSet : side.daemonSetsIn(namespace)) {
      lines.addAll(revisions(side, daemonSet, live));
    }
    for (Revision revision : side.revisionsIn(namespace)) {
      numbers.put(revision.hash(), revision.number());
    }
    for (DaemonSet daemonSet : side.daemonSetsIn(namespace)) {
      settled &= daemonSet.observedGeneration() >= daemonSet.meta().generation();
      lines.add(
          "daemonset "
              + daemonSet.name()
              + " generation "
              + daemonSet.meta().generation()
              + " "
              + sorted(daemonSet.document().path("status")));
      if (counts) {
        lines.add(
            "pods of "
                + daemonSet.name()
                + ": made "
                + side.made(namespace, daemonSet.name())
                + ", deleted "
                + side.deleted(namespace, daemonSet.name()));
      }
    }
    for (Pod pod : side.podsIn(namespace)) {
      settled &= pod.phase().equals("Running") && !pod.terminating();
      lines.add(pod(pod, namespace, numbers, anyNode));
    }
    Collections.sort(lines);
    return new Snapshot(List.copyOf(lines), settled);
  }

  /**
   * Where the limit is short, it depends on which of two older templates its last pod loses first
   * which one is kept: then only how many are.
   */
  private static List<String> revisions(Side side, DaemonSet daemonSet, Set<String> live) {
    List<String> lines = new ArrayList<>();
    List<Revision> all =
        side.revisionsIn(daemonSet.namespace()).stream()
            .filter(revision -> daemonSet.name().equals(revision.meta().labels().get("app")))
            .toList();
    boolean cutShort = daemonSet.revisionHistoryLimit() < LONG_HISTORY;
    long newest = all.stream().mapToLong(Revision::number).max().orElse(0);
    for (Revision revision : all) {
      if (!cutShort || live.contains(revision.hash()) || revision.number() == newest) {
        lines.add(
            "revision "
                + revision.number()
                + " of "
                + daemonSet.name()
                + " "
                + owners(revision.record().document())
                + " "
                + new TreeMap<>(revision.meta().annotations())
                + " "
                + digest(revision.data()));
      }
    }
    lines.add("revisions of " + daemonSet.name() + ": " + all.size());
    return lines;
  }

  private static String pod(Pod pod, String namespace, Map<String, Long> numbers, boolean anyNode) {
    Map<String, String> labels = new TreeMap<>(pod.labels());
    Long number = numbers.get(labels.remove(HASH));
    if (anyNode) {
      labels.remove(Pod.GENERATION_LABEL);
    }
    String spec = TOKEN_VOLUME.matcher(sorted(pod.spec())).replaceAll("token");
    String node = pod.nodeName().replace(namespace + "-", "");
    return "pod of revision "
        + number
        + " on "
        + (anyNode ? "some node" : node)
        + (pod.ready() ? " ready " : " not ready ")
        + labels
        + " "
        + owners(pod.document())
        + " spec "
        + digest(anyNode ? spec.replace(pod.nodeName(), "some node") : spec);
  }

  /** Short, for a spec is long; where it alone differs, the two pods are to be looked at. */
  private static String digest(String text) {
    UUID digest = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    return digest.toString().substring(0, 8);
  }

  private static String owners(JsonNode document) {
    StringBuilder owners = new StringBuilder();
    for (JsonNode owner : document.path("metadata").path("ownerReferences")) {
      ObjectNode known = ((ObjectNode) owner).deepCopy();
      known.remove("uid");
      owners.append(sorted(known));
    }
    return owners.toString();
  }

  private static String sorted(JsonNode node) {
    return new String(Json.bytes(order(node)), StandardCharsets.UTF_8);
  }

  private static JsonNode order(JsonNode node) {
    if (node.isObject()) {
      Map<String, JsonNode> members = new TreeMap<>();
      node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
      ObjectNode ordered = Json.object();
      members.forEach((key, value) -> ordered.set(key, order(value)));
      return ordered;
    }
    if (node.isArray()) {
      ArrayNode ordered = Json.mapper().createArrayNode();
      node.forEach(element -> ordered.add(order(element)));
      return ordered;
    }
    return node;
  }

  /** The lines that only one of the two has, and those that both have. */
  static String difference(String left, Snapshot a, String right, Snapshot b) {
    List<String> onlyA = new ArrayList<>(a.lines());
    List<String> onlyB = new ArrayList<>(b.lines());
    List<String> both = new ArrayList<>(a.lines());
    b.lines().forEach(onlyA::remove);
    a.lines().forEach(onlyB::remove);
    onlyA.forEach(both::remove);
    return listed("only " + left, onlyA) + listed("only " + right, onlyB) + listed("both", both);
  }

  private static String listed(String whose, List<String> lines) {
    return whose + ":\n  " + String.join("\n  ", lines) + "\n";
  }
}
