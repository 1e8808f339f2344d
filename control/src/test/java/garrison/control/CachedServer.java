package garrison.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.LocalCluster;
import garrison.apiserver.resource.Resources;
import garrison.client.Cluster;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.cache.Cache;
import garrison.client.cache.Scope;
import garrison.model.Lease;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** A server in process and caches over it, for tests that call a loop's passes themselves. */
public final class CachedServer implements AutoCloseable {
  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());
  private final Cluster cluster = new LocalCluster(resources);
  private final Informers informers = new Informers(cluster);

  /** All nodes. */
  public final Cache<Node> nodes = informers.nodes();

  /** All pods. */
  public final Cache<Pod> pods = informers.pods();

  /** The leases of nodes. */
  public final Cache<Lease> leases =
      informers.follow(Kinds.LEASE, Scope.namespace("kube-node-lease"), Lease::of);

  /** Empty but for what every server has. */
  public CachedServer() {
    create(Kinds.SERVICE_ACCOUNT, "default", "{'metadata':{'name':'default'}}");
    informers.start();
    settle();
  }

  /** The server itself. */
  public Cluster cluster() {
    return cluster;
  }

  /** Creates an object, written with single quotes. */
  public ObjectNode create(Kind kind, String namespace, String document) {
    return cluster.create(kind, namespace, json(document));
  }

  /** Patches an object's status, or with an empty subresource the object, by a merge patch. */
  public void patch(Kind kind, String namespace, String name, String patch, String subresource) {
    cluster.patch(kind, namespace, name, PatchType.MERGE, json(patch), subresource);
  }

  /** A node as it is on the server. */
  public Node node(String name) {
    return Node.of(cluster.get(Kinds.NODE, "", name));
  }

  /** A pod of namespace default as it is on the server. */
  public Pod pod(String name) {
    return Pod.of(cluster.get(Kinds.POD, "default", name));
  }

  /** Whether a pod of namespace default is there. */
  public boolean hasPod(String name) {
    return cluster.find(Kinds.POD, "default", name) != null;
  }

  /** The messages of events of that reason, once there are so many. */
  public List<String> events(String reason, int count) {
    await().atMost(Duration.ofSeconds(10)).until(() -> events(reason).size() >= count);
    assertThat(events(reason)).hasSize(count);
    return events(reason);
  }

  /** The messages of events of that reason so far. */
  public List<String> events(String reason) {
    return cluster.list(Kinds.EVENT, "", ListOptions.fields("reason=" + reason)).items().stream()
        .map(event -> event.path("message").asString(""))
        .toList();
  }

  /** Waits until the caches have seen all that was written. */
  public void settle() {
    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () ->
                nodes.lastVersion() >= version(Kinds.NODE)
                    && pods.lastVersion() >= version(Kinds.POD)
                    && leases.lastVersion() >= version(Kinds.LEASE));
  }

  /** The newest version among the objects of a kind, and of those gone that were seen. */
  private long version(Kind kind) {
    return cluster.list(kind, "", ListOptions.ALL).items().stream()
        .mapToLong(each -> each.path("metadata").path("resourceVersion").asLong(0))
        .max()
        .orElse(1);
  }

  /** JSON with single quotes. */
  public static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  @Override
  public void close() {
    informers.close();
    resources.close();
    store.close();
  }
}
