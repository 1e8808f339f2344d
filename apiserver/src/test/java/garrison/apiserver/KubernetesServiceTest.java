package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.auth.User;
import garrison.apiserver.http.Answered;
import garrison.apiserver.resource.Body;
import garrison.apiserver.resource.RequestContext;
import garrison.apiserver.resource.Resources;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The service by which pods find the server (spec: node-agent 3.10). */
class KubernetesServiceTest {
  private static final String SERVICE = "/api/v1/namespaces/default/services/kubernetes";

  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());

  @AfterEach
  void stop() {
    resources.close();
    store.close();
  }

  private KubernetesService at(String address, int port) {
    return new KubernetesService(resources, address, port);
  }

  private JsonNode found(Kind kind) {
    var stored = resources.find(kind, "default", "kubernetes");
    return stored == null ? Json.object() : stored.document();
  }

  @Test
  void isThatOfKubeApiserverAtTheServersOwnAddress() {
    at("192.0.2.7", 6443).keep();
    JsonNode service = found(Kinds.SERVICE);
    assertThat(service.path("metadata").path("labels"))
        .isEqualTo(Json.parse("{\"component\":\"apiserver\",\"provider\":\"kubernetes\"}"));
    assertThat(service.path("spec"))
        .isEqualTo(
            Json.parse(
                """
                {"ports":[{"name":"https","protocol":"TCP","port":6443,"targetPort":6443}],
                 "clusterIP":"192.0.2.7","clusterIPs":["192.0.2.7"],"type":"ClusterIP",
                 "sessionAffinity":"None","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack",
                 "internalTrafficPolicy":"Cluster"}
                """));
    assertThat(found(Kinds.ENDPOINTS).path("subsets"))
        .isEqualTo(
            Json.parse(
                """
                [{"addresses":[{"ip":"192.0.2.7"}],
                  "ports":[{"name":"https","port":6443,"protocol":"TCP"}]}]
                """));
  }

  @Test
  void saysWhichFamilyItsAddressIsOf() {
    at("fd00::7", 6443).keep();
    assertThat(found(Kinds.SERVICE).path("spec").path("ipFamilies").get(0).asString())
        .isEqualTo("IPv6");
  }

  @Test
  void followsAServerThatMovesAndStaysTheSameObject() {
    at("192.0.2.7", 6443).keep();
    String uid = found(Kinds.SERVICE).path("metadata").path("uid").asString();
    at("192.0.2.8", 7443).keep();
    JsonNode service = found(Kinds.SERVICE);
    assertThat(service.path("spec").path("clusterIP").asString()).isEqualTo("192.0.2.8");
    assertThat(service.path("spec").path("ports").get(0).path("port").asInt()).isEqualTo(7443);
    assertThat(service.path("metadata").path("uid").asString()).isNotEmpty().isEqualTo(uid);
    assertThat(found(Kinds.ENDPOINTS).toString()).contains("192.0.2.8", "7443");
  }

  @Test
  void isMadeAnewWhereItWasTakenOutOfTheStore() {
    KubernetesService service = at("192.0.2.7", 6443);
    service.keep();
    for (Kind kind : List.of(Kinds.SERVICE, Kinds.ENDPOINTS)) {
      var stored = resources.find(kind, "default", "kubernetes");
      assertThat(stored).isNotNull();
      store.delete(stored.key(), stored.raw(), stored.revision());
    }
    ObjectNode later = Json.object();
    later.putObject("metadata").put("name", "later");
    // Its answer comes once the cache has seen all that was before.
    resources.create(RequestContext.of(User.ADMIN), Kinds.CONFIG_MAP, "default", Body.of(later));
    assertThat(found(Kinds.SERVICE)).isEmpty();
    service.keep();
    assertThat(found(Kinds.SERVICE).path("spec").path("clusterIP").asString())
        .isEqualTo("192.0.2.7");
    assertThat(found(Kinds.ENDPOINTS).path("subsets")).hasSize(1);
  }

  @Test
  void isNotWrittenWhereItIsAsItMustBe() {
    KubernetesService service = at("192.0.2.7", 6443);
    service.keep();
    long before = store.revision();
    service.keep();
    assertThat(store.revision()).isEqualTo(before);
  }

  @Test
  void everyServerHasItAndClientsCannotChangeIt(@TempDir Path data) {
    try (TestServer server = TestServer.start(data)) {
      assertThat(port(server)).isEqualTo(server.api().port());
      for (String method : List.of("DELETE", "PUT", "PATCH")) {
        assertThat(
                server.admin().send(method, SERVICE, "{}".getBytes(StandardCharsets.UTF_8)).code())
            .as(method)
            .isEqualTo(405);
      }
      server.restart();
      assertThat(port(server)).isEqualTo(server.api().port());
    }
  }

  private static int port(TestServer server) {
    Answered answered = server.admin().get(SERVICE);
    assertThat(answered.code()).isEqualTo(200);
    return answered.json().path("spec").path("ports").get(0).path("port").asInt();
  }
}
