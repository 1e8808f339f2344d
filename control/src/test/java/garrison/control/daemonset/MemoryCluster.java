package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.client.cache.ObjectKey;
import garrison.model.DaemonSet;
import garrison.model.StatusException;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.selector.LabelSelector;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * As much of an API server as the DaemonSet loop sees, in memory: versions, conflicts,
 * preconditions, graceful deletion of bound pods, generations of DaemonSets, watches that lag.
 */
final class MemoryCluster implements Cluster {
  private final Clock clock;
  private final Map<Kind, Map<ObjectKey, ObjectNode>> objects = new HashMap<>();
  private final List<MemoryWatch> watches = new CopyOnWriteArrayList<>();
  private long version;
  private int names;

  MemoryCluster(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized ObjectNode get(Kind kind, String namespace, String name) {
    ObjectNode found = of(kind).get(new ObjectKey(namespace, name));
    if (found == null) {
      throw StatusException.notFound(kind, name);
    }
    return found;
  }

  @Override
  public synchronized ResourceList list(Kind kind, String namespace, ListOptions options) {
    LabelSelector selector = LabelSelector.parse(options.labelSelector());
    List<ObjectNode> items = new ArrayList<>();
    of(kind)
        .forEach(
            (key, object) -> {
              if ((namespace.isEmpty() || key.namespace().equals(namespace))
                  && selector.matches(garrison.model.Meta.of(object).labels())) {
                items.add(object);
              }
            });
    return new ResourceList(items, Long.toString(version), "");
  }

  @Override
  public synchronized ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    ObjectNode made = document.deepCopy();
    ObjectNode metadata = (ObjectNode) made.get("metadata");
    made.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    if (metadata.path("name").asString("").isEmpty()) {
      metadata.put("name", metadata.path("generateName").asString("") + "x" + names++);
    }
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Timestamps.seconds(clock.instant()));
    ObjectKey key = ObjectKey.of(made);
    if (of(kind).containsKey(key)) {
      throw StatusException.alreadyExists(kind, key.name());
    }
    if (kind.equals(Kinds.DAEMON_SET)) {
      metadata.put("generation", 1);
      ObjectNode annotations = child(metadata, "annotations");
      if (annotations.path(DaemonSet.GENERATION_ANNOTATION).isMissingNode()) {
        annotations.put(DaemonSet.GENERATION_ANNOTATION, "1");
      }
    }
    if (kind.equals(Kinds.POD)) {
      child(made, "status").put("phase", "Pending");
    }
    return store(kind, key, made, WatchEvent.Type.ADDED);
  }

  @Override
  public synchronized ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    ObjectKey key = ObjectKey.of(document);
    ObjectNode old = get(kind, key.namespace(), key.name());
    String sent = document.path("metadata").path("resourceVersion").asString("");
    if (!sent.isEmpty() && !sent.equals(text(old, "resourceVersion"))) {
      throw StatusException.conflict(kind, key.name());
    }
    ObjectNode now = document.deepCopy();
    if (subresource.equals("status")) {
      replace(now, "spec", old);
    } else {
      replace(now, "status", old);
    }
    for (String kept : List.of("uid", "creationTimestamp", "generation", "deletionTimestamp")) {
      replace((ObjectNode) now.get("metadata"), kept, (ObjectNode) old.get("metadata"));
    }
    if (kind.equals(Kinds.DAEMON_SET) && subresource.isEmpty()) {
      countGenerations(old, now);
    }
    return finishOrStore(kind, key, now);
  }

  private static void countGenerations(ObjectNode old, ObjectNode now) {
    ObjectNode metadata = (ObjectNode) now.get("metadata");
    long generation = old.path("metadata").path("generation").asLong(0);
    String template =
        old.path("metadata").path("annotations").path(DaemonSet.GENERATION_ANNOTATION).asString();
    boolean changed = !old.at("/spec/template").equals(now.at("/spec/template"));
    metadata.put(
        "generation", old.get("spec").equals(now.get("spec")) ? generation : generation + 1);
    child(metadata, "annotations")
        .put(
            DaemonSet.GENERATION_ANNOTATION,
            changed ? Long.toString(Long.parseLong(template) + 1) : template);
  }

  @Override
  public synchronized ObjectNode patch(
      Kind kind,
      String namespace,
      String name,
      PatchType type,
      JsonNode patch,
      String subresource) {
    ObjectNode old = get(kind, namespace, name);
    String uid = patch.path("metadata").path("uid").asString("");
    if (!uid.isEmpty() && !uid.equals(text(old, "uid"))) {
      throw StatusException.conflict(kind, name);
    }
    ObjectNode now = old.deepCopy();
    merge(now, patch, type == PatchType.STRATEGIC);
    ((ObjectNode) now.get("metadata")).remove("resourceVersion");
    return update(kind, now, subresource);
  }

  private static void merge(ObjectNode into, JsonNode patch, boolean strategic) {
    patch.forEachEntry(
        (member, value) -> {
          if (value.isNull()) {
            into.remove(member);
          } else if (value.isObject()) {
            merge(child(into, member), value, strategic);
          } else if (strategic && member.equals("ownerReferences")) {
            mergeOwners(into, value);
          } else {
            into.set(member, value.deepCopy());
          }
        });
  }

  private static void mergeOwners(ObjectNode metadata, JsonNode patch) {
    Map<String, JsonNode> owners = new TreeMap<>();
    metadata
        .path("ownerReferences")
        .forEach(owner -> owners.put(owner.path("uid").asString(), owner));
    for (JsonNode owner : patch) {
      String uid = owner.path("uid").asString();
      if (owner.path("$patch").asString("").equals("delete")) {
        owners.remove(uid);
      } else {
        owners.put(uid, owner.deepCopy());
      }
    }
    ArrayNode list = metadata.putArray("ownerReferences");
    owners.values().forEach(list::add);
  }

  @Override
  public ObjectNode post(
      Kind kind, String namespace, String name, String subresource, ObjectNode body) {
    throw new UnsupportedOperationException("post to " + subresource);
  }

  @Override
  public synchronized ObjectNode delete(
      Kind kind, String namespace, String name, DeleteOptions options) {
    ObjectNode old = get(kind, namespace, name);
    if (!options.uid().isEmpty() && !options.uid().equals(text(old, "uid"))) {
      throw StatusException.conflict(kind, name, "the UID in the precondition does not match");
    }
    ObjectNode now = old.deepCopy();
    ObjectNode metadata = (ObjectNode) now.get("metadata");
    boolean graceful =
        kind.equals(Kinds.POD)
            && options.gracePeriodSeconds() != 0
            && !old.at("/spec/nodeName").asString("").isEmpty()
            && !old.at("/status/phase").asString("").matches("Failed|Succeeded");
    if (graceful || !metadata.path("finalizers").isEmpty()) {
      if (metadata.path("deletionTimestamp").isMissingNode()) {
        metadata.put("deletionTimestamp", Timestamps.seconds(clock.instant()));
        metadata.put("deletionGracePeriodSeconds", graceful ? 30 : 0);
        return store(kind, ObjectKey.of(now), now, WatchEvent.Type.MODIFIED);
      }
      return old;
    }
    return remove(kind, ObjectKey.of(now), now);
  }

  @Override
  public synchronized Watch watch(
      Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    MemoryWatch watch = new MemoryWatch(kind, listener);
    of(kind).values().forEach(object -> watch.offer(WatchEvent.Type.ADDED, object));
    ObjectNode bookmark = Json.object();
    bookmark.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    ObjectNode metadata = bookmark.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(version));
    metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    watch.offer(WatchEvent.Type.BOOKMARK, bookmark);
    watches.add(watch);
    watch.start();
    return watch;
  }

  /** Holds back all watch events of a kind, or lets them go on. */
  void hold(Kind kind, boolean held) {
    for (MemoryWatch watch : watches) {
      if (watch.kind.equals(kind)) {
        watch.hold(held);
      }
    }
  }

  /** How many watches of a kind there are. */
  long watchCount(Kind kind) {
    return watches.stream().filter(watch -> watch.kind.equals(kind)).count();
  }

  private Map<ObjectKey, ObjectNode> of(Kind kind) {
    return objects.computeIfAbsent(kind, k -> new TreeMap<>());
  }

  private ObjectNode finishOrStore(Kind kind, ObjectKey key, ObjectNode now) {
    JsonNode metadata = now.get("metadata");
    boolean finished =
        metadata.has("deletionTimestamp")
            && metadata.path("finalizers").isEmpty()
            && metadata.path("deletionGracePeriodSeconds").asLong(0) == 0;
    return finished ? remove(kind, key, now) : store(kind, key, now, WatchEvent.Type.MODIFIED);
  }

  private ObjectNode store(Kind kind, ObjectKey key, ObjectNode now, WatchEvent.Type type) {
    ((ObjectNode) now.get("metadata")).put("resourceVersion", Long.toString(++version));
    of(kind).put(key, now);
    tell(kind, type, now);
    return now;
  }

  private ObjectNode remove(Kind kind, ObjectKey key, ObjectNode now) {
    ((ObjectNode) now.get("metadata")).put("resourceVersion", Long.toString(++version));
    of(kind).remove(key);
    tell(kind, WatchEvent.Type.DELETED, now);
    return now;
  }

  private void tell(Kind kind, WatchEvent.Type type, ObjectNode object) {
    for (MemoryWatch watch : watches) {
      if (watch.kind.equals(kind)) {
        watch.offer(type, object);
      }
    }
  }

  private static String text(ObjectNode object, String member) {
    return object.path("metadata").path(member).asString("");
  }

  private static ObjectNode child(ObjectNode parent, String member) {
    return parent.get(member) instanceof ObjectNode present ? present : parent.putObject(member);
  }

  private static void replace(ObjectNode now, String member, ObjectNode old) {
    if (old.has(member)) {
      now.set(member, old.get(member).deepCopy());
    } else {
      now.remove(member);
    }
  }

  private final class MemoryWatch implements Watch {
    private final Kind kind;
    private final WatchListener listener;
    private final LinkedBlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private final java.util.concurrent.Semaphore gate = new java.util.concurrent.Semaphore(1);

    MemoryWatch(Kind kind, WatchListener listener) {
      this.kind = kind;
      this.listener = listener;
    }

    void start() {
      thread.start();
    }

    void hold(boolean held) {
      if (held) {
        gate.acquireUninterruptibly();
      } else {
        gate.release();
      }
    }

    void offer(WatchEvent.Type type, ObjectNode object) {
      events.add(new WatchEvent(type, object));
    }

    private void run() {
      try {
        while (!closed.get()) {
          WatchEvent event = events.take();
          gate.acquire();
          gate.release();
          listener.event(event);
        }
      } catch (InterruptedException e) {
        // closed
      }
      listener.closed(null);
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        watches.remove(this);
        thread.interrupt();
      }
    }
  }
}
