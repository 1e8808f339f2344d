package garrison.daemonset.explain;

import garrison.daemonset.Fixtures;
import garrison.daemonset.Revision;
import garrison.daemonset.RevisionHistory;
import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A cluster as a test tells it: JSON with single quotes, times in seconds before now. */
final class Scene {
  static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private DaemonSet daemonSet = Fixtures.daemonSet(document -> age(document, 3600));
  private final List<Revision> revisions = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Pod> pods = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final Map<String, List<Event>> podEvents = new HashMap<>();
  private final Map<String, List<Obstacle>> obstacles = new HashMap<>();
  private final Map<String, String> words = new HashMap<>();
  private final List<LeaderLease> leases = new ArrayList<>();
  private @Nullable String refusedNow;
  private Duration watched = Duration.ZERO;

  static String ago(long seconds) {
    return NOW.minusSeconds(seconds).toString();
  }

  private static void age(ObjectNode document, long seconds) {
    ((ObjectNode) document.get("metadata")).put("creationTimestamp", ago(seconds));
  }

  /** Members of the pod template's spec. */
  Scene template(String members) {
    return daemonSet(
        document -> {
          ((ObjectNode) document.at("/spec/template/spec")).setAll(Fixtures.json(members));
          return document;
        });
  }

  /** Members of the DaemonSet's spec. */
  Scene spec(String members) {
    return daemonSet(
        document -> {
          ((ObjectNode) document.get("spec")).setAll(Fixtures.json(members));
          return document;
        });
  }

  Scene daemonSet(UnaryOperator<ObjectNode> change) {
    daemonSet = DaemonSet.of(change.apply(daemonSet.document().deepCopy()));
    return this;
  }

  /** The hash of the template so far. */
  String hash() {
    return RevisionHistory.hash(daemonSet, null);
  }

  /** A revision of another image, older than the present one. */
  Scene earlierRevision(long number) {
    DaemonSet before =
        DaemonSet.of(
            Fixtures.json(
                daemonSet.document().toString().replace("i:1", "i:0").replace('"', '\'')));
    ObjectNode revision = RevisionHistory.of(before, List.of()).newRevision(before, null);
    revision.put("revision", number);
    revisions.add(Revision.of(revision));
    return this;
  }

  Scene node(String name) {
    return node(name, "{}", "{}", "{'conditions':[{'type':'Ready','status':'True'}]}");
  }

  Scene node(String name, String labels, String spec, String status) {
    nodes.add(
        Node.of(
            Fixtures.json(
                "{'metadata':{'name':'%s','labels':%s},'spec':%s,'status':%s}"
                    .formatted(name, labels, spec, status))));
    return this;
  }

  Scene tainted(String name, String taints) {
    return node(
        name,
        "{}",
        "{'taints':[%s]}".formatted(taints),
        "{'conditions':[{'type':'Ready','status':'True'}]}");
  }

  /** A pod bound to a node, of the present revision. */
  Scene pod(String name, String node, String status) {
    return pod(name, "{}", "{'nodeName':'%s'}".formatted(node), status, 3600);
  }

  /** A pod for a node that is not bound. */
  Scene unbound(String name, String node, String status) {
    return pod(
        name,
        "{}",
        """
        {'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':
          {'nodeSelectorTerms':[{'matchFields':[{'key':'metadata.name','operator':'In','values':['%s']}]}]}}}}
        """
            .formatted(node),
        status,
        3600);
  }

  /** A ready pod of an older revision. */
  Scene old(String name, String node) {
    return pod(
        name,
        "{'labels':{'controller-revision-hash':'old','pod-template-generation':'0'}}",
        "{'nodeName':'%s'}".formatted(node),
        "{'phase':'Running','conditions':[{'type':'Ready','status':'True'}]}",
        3600);
  }

  /** A pod made so many seconds ago; its metadata and spec win over the template's. */
  Scene pod(String name, String metadata, String spec, String status, long age) {
    ObjectNode document = Fixtures.json("{'metadata':{'namespace':'ops'},'spec':{}}");
    ObjectNode meta = (ObjectNode) document.get("metadata");
    meta.put("name", name);
    meta.put("uid", "uid-" + name);
    meta.put("creationTimestamp", ago(age));
    meta.putObject("labels").put(Pod.HASH_LABEL, hash());
    meta.setAll(Fixtures.json(metadata));
    ObjectNode podSpec = (ObjectNode) document.get("spec");
    podSpec.setAll((ObjectNode) daemonSet.templateSpec().deepCopy());
    podSpec.setAll(Fixtures.json(spec));
    document.set("status", Fixtures.json(status));
    pods.add(Pod.of(document));
    return this;
  }

  Scene event(String reason, String message, long seconds) {
    events.add(new Event("ds-uid", true, reason, message, NOW.minusSeconds(seconds)));
    return this;
  }

  Scene podEvent(String pod, String reason, String message) {
    podEvents
        .computeIfAbsent("uid-" + pod, uid -> new ArrayList<>())
        .add(new Event("uid-" + pod, true, reason, message, NOW.minusSeconds(5)));
    return this;
  }

  Scene obstacles(String pod, Obstacle... found) {
    obstacles.put("uid-" + pod, List.of(found));
    return this;
  }

  Scene lastWords(String pod, String container, String text) {
    words.put("uid-" + pod + "/" + container, text);
    return this;
  }

  Scene lease(String name, String holder, long seconds) {
    leases.add(new LeaderLease(name, holder, NOW.minusSeconds(seconds), Duration.ofSeconds(15)));
    return this;
  }

  /** What the server says when it is asked for a pod just now; empty where it takes it. */
  Scene refusedNow(String message) {
    refusedNow = message;
    return this;
  }

  Scene watched(long seconds) {
    watched = Duration.ofSeconds(seconds);
    return this;
  }

  Explanation explain() {
    return Explainer.explain(
        new Observed(
            daemonSet,
            revisions,
            nodes,
            pods,
            events,
            podEvents,
            obstacles,
            words,
            leases,
            NOW,
            refusedNow,
            watched));
  }

  /** What is found of one node. */
  NodeFinding node1() {
    Explanation only = explain().of("n1");
    if (only == null) {
      throw new AssertionError("nothing is known of n1");
    }
    return only.nodes().getFirst();
  }
}
