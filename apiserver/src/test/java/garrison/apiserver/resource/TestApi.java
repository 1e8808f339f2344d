package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.model.json.Json;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/** An API over a store in memory, spoken to in recorded requests. */
final class TestApi implements AutoCloseable {
  final Store store = MemoryStore.open();
  final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(7), List.of());
  private final ApiDriver driver = new ApiDriver(resources);

  static TestApi start() {
    TestApi api = new TestApi();
    api.account("default");
    return api;
  }

  /** A namespace with the account that a loop makes in a whole cluster. */
  void namespace(String name) {
    post("/api/v1/namespaces", Requests.named(name));
    account(name);
  }

  private void account(String namespace) {
    post("/api/v1/namespaces/" + namespace + "/serviceaccounts", Requests.named("default"));
  }

  ApiDriver.Reply send(Golden.Case recorded) {
    return driver.send(
        recorded.method(), recorded.path(), recorded.request(), recorded.contentType());
  }

  JsonNode get(String path) {
    return driver.get(path);
  }

  JsonNode post(String path, JsonNode body) {
    ApiDriver.Reply reply = driver.send("POST", path, body, "");
    assertThat(reply.code()).as(reply.body().toString()).isEqualTo(201);
    return reply.body();
  }

  /** A request whose answer the test looks at; patches are merge patches. */
  ApiDriver.Reply send(String method, String path, JsonNode body) {
    return driver.send(method, path, body, "application/merge-patch+json");
  }

  ApiDriver.Reply send(String method, String path, String body) {
    return send(method, path, Json.parse(body));
  }

  ApiDriver.Reply put(String path, JsonNode body) {
    return driver.send("PUT", path, body, "");
  }

  JsonNode patch(String path, String merge) {
    ApiDriver.Reply reply =
        driver.send("PATCH", path, Json.parse(merge), "application/merge-patch+json");
    assertThat(reply.code()).as(reply.body().toString()).isEqualTo(200);
    return reply.body();
  }

  ApiDriver.Reply delete(String path, String options) {
    return driver.send("DELETE", path, Json.parse(options), "");
  }

  void bind(String namespace, String pod, String node) {
    post(
        "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/binding",
        Requests.parse(
            """
            {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"},
             "target": {"kind": "Node", "name": "%s"}}
            """
                .formatted(pod, node)));
  }

  @Override
  public void close() {
    resources.close();
    store.close();
  }

  /** Forgets all history; the store keeps what it has not shown to everybody yet. */
  void forgetHistory() {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              resources.compact(Duration.ZERO, 0);
              return store.compactedRevision() == store.revision();
            });
  }
}
