package garrison.agent.pod;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.cache.ObjectKey;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.model.Node;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shows static pods at the API (spec: node-agent 3.2): each gets a mirror of its own name, which
 * nobody runs from. A mirror that somebody deletes, or that shows another version, is replaced; the
 * mirror of a pod that has ended is deleted. Thread-safe; no call waits for the server.
 */
final class MirrorPods implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MirrorPods.class);
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final Duration RETRY = Duration.ofSeconds(10);

  /**
   * Between the end of a mirror that somebody deleted and the next one. Whoever deleted it waits
   * until it is gone, and kubectl waits for ever where it never sees the name free.
   */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final String HASH = "kubernetes.io/config.hash";

  private final Cluster cluster;
  private final Supplier<Node> node;
  private final Plan plan;
  private final Consumer<String> appeared;
  private final Map<ObjectKey, ObjectNode> mirrors = new ConcurrentHashMap<>();
  private final Map<ObjectKey, Long> pauses = new ConcurrentHashMap<>(); // ends, nano time
  private final WorkQueue<ObjectKey> queue = new WorkQueue<>("mirror-pods", Timer.system());
  private final Workers<ObjectKey> workers;

  /** What a mirror is for. */
  enum Need {
    /** There is to be one. */
    WANTED,
    /** The pod is on its way out, or it is not known yet whether there is one: leave it alone. */
    LEAVE,
    /** Nothing stands behind it. */
    GONE
  }

  /** What runs here. Called from several threads. */
  interface Plan {
    /** Whether the static pod of that name needs a mirror. */
    Need need(ObjectKey name);

    /** The static pod of that name; null where there is none. */
    @Nullable PodContext pod(ObjectKey name);
  }

  /**
   * Does nothing before the first {@link #check}.
   *
   * @param node the Node as the server has it now
   * @param appeared told the uid of a static pod that has a new mirror
   */
  MirrorPods(Cluster cluster, Supplier<Node> node, Plan plan, Consumer<String> appeared) {
    this.cluster = cluster;
    this.node = node;
    this.plan = plan;
    this.appeared = appeared;
    this.workers = Workers.start(queue, 1, this::reconcile);
  }

  /** Whether a pod of the API only shows a static pod. */
  static boolean isMirror(JsonNode pod) {
    return pod.path("metadata").path("annotations").has(MIRROR);
  }

  /** The server has this mirror. */
  void seen(ObjectNode mirror) {
    ObjectKey key = ObjectKey.of(mirror);
    ObjectNode before = mirrors.put(key, mirror);
    queue.add(key);
    PodContext pod = plan.pod(key);
    boolean other = before == null || !uid(before).equals(uid(mirror));
    if (other && pod != null && shows(mirror, pod)) {
      appeared.accept(pod.uid());
    }
  }

  /** The server has this mirror no longer. */
  void gone(ObjectNode mirror) {
    ObjectKey key = ObjectKey.of(mirror);
    mirrors.computeIfPresent(key, (k, now) -> uid(now).equals(uid(mirror)) ? null : now);
    queue.add(key);
  }

  /** Something about the static pod of that name may have changed. */
  void check(ObjectKey name) {
    queue.add(name);
  }

  /** All that the server has, once it has told them. */
  void checkAll() {
    mirrors.keySet().forEach(queue::add);
  }

  /** The uid of the mirror that shows this version of a static pod; null where there is none. */
  @Nullable String uid(PodContext pod) {
    ObjectNode mirror = mirrors.get(new ObjectKey(pod.namespace(), pod.name()));
    return mirror != null && shows(mirror, pod) ? uid(mirror) : null;
  }

  private static String uid(ObjectNode pod) {
    return pod.path("metadata").path("uid").asString("");
  }

  private static boolean shows(ObjectNode mirror, PodContext pod) {
    String of = mirror.path("metadata").path("annotations").path(MIRROR).asString("");
    return of.equals(hash(pod));
  }

  private static String hash(PodContext pod) {
    return pod.metadata().path("annotations").path(HASH).asString("");
  }

  private void reconcile(ObjectKey key) {
    Need need = plan.need(key);
    PodContext pod = plan.pod(key);
    ObjectNode found = mirrors.get(key);
    if (need == Need.LEAVE || (need == Need.WANTED && pod == null)) {
      return;
    }
    if (found != null) {
      boolean deleted = found.path("metadata").has("deletionTimestamp");
      if (need == Need.WANTED && pod != null && !deleted && shows(found, pod)) {
        return;
      }
      if (deleted) {
        pauses.put(key, System.nanoTime() + PAUSE.toNanos());
      }
      delete(key, found);
    }
    if (need == Need.WANTED && pod != null) {
      create(key, pod);
    }
  }

  private void delete(ObjectKey key, ObjectNode mirror) {
    try {
      cluster.delete(Kinds.POD, key.namespace(), key.name(), DeleteOptions.now(uid(mirror)));
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND && e.reason() != StatusReason.CONFLICT) {
        throw e;
      }
      log.debug("mirror {} is gone already", key);
    }
    mirrors.remove(key, mirror);
  }

  private void create(ObjectKey key, PodContext pod) {
    Long pause = pauses.get(key);
    long left = pause == null ? 0 : pause - System.nanoTime();
    if (left > 0) {
      queue.addAfter(key, Duration.ofNanos(left));
      return;
    }
    pauses.remove(key);
    Node owner = node.get();
    if (owner.meta().uid().isEmpty() || owner.meta().deleting()) {
      queue.addAfter(key, RETRY);
      return;
    }
    try {
      // What it answers is not kept: only the watch tells in order what became of it since.
      cluster.create(Kinds.POD, key.namespace(), document(pod, owner));
      log.info("mirror of static pod {} is made", key);
    } catch (StatusException e) {
      if (e.reason() != StatusReason.ALREADY_EXISTS) {
        throw e;
      }
      log.debug("{}", e.message()); // the watch is behind, or the name is another pod's
      queue.addAfter(key, RETRY);
    }
  }

  /** The mirror of a pod (spec: node-agent 3.2). Pure. */
  static ObjectNode document(PodContext pod, Node owner) {
    ObjectNode mirror = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode metadata = mirror.putObject("metadata");
    metadata.put("name", pod.name()).put("namespace", pod.namespace());
    if (pod.metadata().has("labels")) {
      metadata.set("labels", pod.metadata().path("labels").deepCopy());
    }
    ObjectNode annotations = metadata.putObject("annotations");
    pod.metadata()
        .path("annotations")
        .forEachEntry((name, value) -> annotations.set(name, value.deepCopy()));
    annotations.put(MIRROR, hash(pod));
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", "v1")
        .put("kind", "Node")
        .put("name", owner.name())
        .put("uid", owner.meta().uid())
        .put("controller", true);
    mirror.set("spec", pod.spec().deepCopy());
    return mirror;
  }

  @Override
  public void close() {
    workers.close();
  }
}
