package garrison.control.namespaces;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parallel;
import garrison.control.Parts;
import garrison.control.Patches;
import garrison.model.Meta;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Empties a namespace that was deleted, then lets it go: all objects of all kinds in it are
 * deleted, again and again until none is left; then {@code kubernetes} is taken out of its
 * finalizers. What is left, and why, stands in its conditions meanwhile.
 */
public final class NamespaceDeletionLoop implements Loop {
  /** Its name. */
  public static final String NAME = "namespace-controller";

  private static final Logger log = LoggerFactory.getLogger(NamespaceDeletionLoop.class);
  private static final String FINALIZER = "kubernetes";
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int PAGE = 500;
  private static final int WORKERS = 5;

  private final Cluster cluster;
  private final Cache<Meta> namespaces;
  private final Clock clock;
  private final WorkQueue<String> queue = new WorkQueue<>("namespaces", Timer.system());
  private final Map<String, String> told = new ConcurrentHashMap<>();
  private final Parts parts = new Parts();

  /** Over a cache of all namespaces. */
  public NamespaceDeletionLoop(Cluster cluster, Cache<Meta> namespaces, Clock clock) {
    this.cluster = cluster;
    this.namespaces = namespaces;
    this.clock = clock;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    namespaces.addHandler(new NamespaceHandler());
    parts.add(
        Background.whenSynced(
            "namespace deletion start",
            List.of(namespaces),
            () -> parts.add(Workers.start(queue, WORKERS, this::empty))));
  }

  @Override
  public void close() {
    queue.shutDown();
    parts.close();
  }

  private void empty(String name) {
    ObjectNode namespace;
    try {
      namespace = cluster.get(Kinds.NAMESPACE, "", name);
    } catch (StatusException e) {
      if (e.code() == 404) {
        told.remove(name);
        return;
      }
      throw e;
    }
    if (!Meta.of(namespace).deleting() || !isOurs(namespace)) {
      return;
    }
    deleteContent(name);
    Leftovers left = look(name);
    tell(namespace, left);
    if (left.none()) {
      finish(namespace);
    } else {
      queue.addAfter(name, AGAIN);
    }
  }

  private static boolean isOurs(ObjectNode namespace) {
    for (JsonNode finalizer : namespace.path("spec").path("finalizers")) {
      if (finalizer.asString("").equals(FINALIZER)) {
        return true;
      }
    }
    return false;
  }

  private void deleteContent(String name) {
    for (Kind kind : content()) {
      List<Meta> doomed = list(kind, name).stream().filter(meta -> !meta.deleting()).toList();
      Parallel.forEach("emptying namespace " + name, doomed, meta -> delete(kind, meta));
    }
  }

  private void delete(Kind kind, Meta meta) {
    try {
      cluster.delete(
          kind,
          meta.namespace(),
          meta.name(),
          new DeleteOptions(DeleteOptions.DEFAULT_GRACE, "Background", meta.uid(), ""));
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
  }

  private Leftovers look(String name) {
    Leftovers left = new Leftovers();
    for (Kind kind : content()) {
      List<Meta> present = list(kind, name);
      left.count(
          kind.group().isEmpty() ? kind.plural() + "." : kind.qualifiedPlural(), present.size());
      present.forEach(meta -> meta.finalizers().forEach(left::countFinalizer));
      // Deleted by nobody: the deletion was refused, which the log has told in full.
      if (present.stream().anyMatch(meta -> !meta.deleting())) {
        left.failed(kind.qualifiedPlural(), kind.qualifiedPlural() + " could not be deleted yet");
      }
    }
    return left;
  }

  private List<Meta> list(Kind kind, String namespace) {
    List<Meta> all = new ArrayList<>();
    String next = "";
    do {
      ResourceList page = cluster.list(kind, namespace, new ListOptions("", "", "", PAGE, next));
      page.items().forEach(document -> all.add(Meta.of(document)));
      next = page.continueToken();
    } while (!next.isEmpty());
    return all;
  }

  private static List<Kind> content() {
    return Kinds.all().stream()
        .filter(kind -> kind.namespaced() && kind.storedAs() == null && !kind.has(Trait.REVIEW))
        .filter(kind -> kind.allows(Verb.LIST) && kind.allows(Verb.DELETE))
        .toList();
  }

  private void tell(ObjectNode namespace, Leftovers left) {
    String name = Meta.of(namespace).name();
    if (left.summary().equals(told.put(name, left.summary()))) {
      return;
    }
    ObjectNode patch = Patches.onlyFor(Meta.of(namespace).uid(), left.conditions(clock.instant()));
    cluster.patch(Kinds.NAMESPACE, "", name, PatchType.STRATEGIC, patch, "status");
  }

  private void finish(ObjectNode namespace) {
    ObjectNode document = namespace.deepCopy();
    // Not against the version read: our own conditions came after it.
    ((ObjectNode) document.path("metadata")).remove("resourceVersion");
    ArrayNode keep = document.withObjectProperty("spec").putArray("finalizers");
    for (JsonNode finalizer : namespace.path("spec").path("finalizers")) {
      if (!finalizer.asString("").equals(FINALIZER)) {
        keep.add(finalizer);
      }
    }
    String name = Meta.of(namespace).name();
    try {
      cluster.update(Kinds.NAMESPACE, document, "finalize");
      log.info("namespace {} is empty and gone", name);
    } catch (StatusException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
    told.remove(name);
  }

  private final class NamespaceHandler implements Handler<Meta> {
    @Override
    public void added(Meta now) {
      if (now.deleting()) {
        queue.add(now.name());
      }
    }

    @Override
    public void updated(Meta old, Meta now) {
      if (!old.deleting()) {
        added(now);
      }
    }
  }
}
