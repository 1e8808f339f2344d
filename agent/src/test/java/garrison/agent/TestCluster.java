package garrison.agent;

import garrison.apiserver.LocalCluster;
import garrison.apiserver.resource.Resources;
import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.UnreachableException;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A whole API server in memory, which can be made unreachable. */
public final class TestCluster implements AutoCloseable {
  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, Clock.systemUTC(), new SplittableRandom(1), List.of());
  private final Cluster direct = new LocalCluster(resources);
  private final AtomicBoolean away = new AtomicBoolean();

  /** With what the namespace loop would have made. */
  public TestCluster() {
    ObjectNode account = Json.object().put("apiVersion", "v1").put("kind", "ServiceAccount");
    account.putObject("metadata").put("name", "default").put("namespace", "default");
    direct.create(Kinds.SERVICE_ACCOUNT, "default", account);
  }

  /** What agents get. */
  public Cluster cluster() {
    return (Cluster)
        Proxy.newProxyInstance(
            Cluster.class.getClassLoader(),
            new Class<?>[] {Cluster.class},
            (proxy, method, arguments) -> {
              if (away.get()) {
                throw new UnreachableException("the server is away", null);
              }
              try {
                return method.invoke(direct, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** What the test itself uses: always there. */
  public Cluster direct() {
    return direct;
  }

  public void away(boolean now) {
    away.set(now);
  }

  public ObjectNode node(String name) {
    return direct.get(Kinds.NODE, "", name);
  }

  public ObjectNode pod(String name) {
    return direct.get(Kinds.POD, "default", name);
  }

  public List<ObjectNode> pods() {
    return direct.list(Kinds.POD, "default", ListOptions.ALL).items();
  }

  /** Takes the pods away at once, whatever still runs. */
  public void forgetPods() {
    for (ObjectNode pod : pods()) {
      direct.delete(
          Kinds.POD,
          "default",
          pod.at("/metadata/name").asString(),
          DeleteOptions.now(pod.at("/metadata/uid").asString()));
    }
  }

  /** Creates a pod of the namespace default from YAML of its spec. */
  public ObjectNode createPod(String name, String spec) {
    ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").put("name", name).put("namespace", "default");
    pod.set("spec", Yaml.documents(spec).getFirst());
    return direct.create(Kinds.POD, "default", pod);
  }

  /** The condition's status, empty where it is not there. */
  public static String condition(JsonNode object, String type) {
    for (JsonNode condition : object.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals(type)) {
        return condition.path("status").asString("");
      }
    }
    return "";
  }

  /** Reasons of the events about an object, in the order of their creation. */
  public List<String> events(String name) {
    return direct.list(Kinds.EVENT, "", ListOptions.ALL).items().stream()
        .filter(event -> event.path("involvedObject").path("name").asString("").equals(name))
        .map(event -> event.path("reason").asString("") + ": " + event.path("message").asString(""))
        .toList();
  }

  @Override
  public void close() throws Exception {
    resources.close();
    store.close();
  }
}
