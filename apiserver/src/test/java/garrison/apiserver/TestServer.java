package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.http.Answered;
import garrison.apiserver.http.Caller;
import garrison.apiserver.pki.CertificateAuthority.Use;
import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Subject;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A whole API server on a free port of this machine, over a store in memory. */
public final class TestServer implements AutoCloseable {
  private final Store store = MemoryStore.open();
  private final List<Caller> callers = new ArrayList<>();
  private final Path data;
  private final Clock clock;
  private ApiServer server;
  private Caller admin;

  private TestServer(Path data, Clock clock) {
    this.data = data;
    this.clock = clock;
    this.server = open();
    this.admin = caller(server.pki().admin());
  }

  private ApiServer open() {
    return ApiServer.start(
        new ApiServerConfig(data, 0, List.of("127.0.0.1"), List.of(), store, clock));
  }

  /** Stops, and starts again over the same folder and store; callers before are of no use. */
  public void restart() {
    server.close();
    server = open();
    admin = caller(server.pki().admin());
  }

  /** Starts one; its certificates and kubeconfig are written to that folder. */
  public static TestServer start(Path data) {
    return start(data, Clock.systemUTC());
  }

  /** The same with a clock that the test turns. */
  public static TestServer start(Path data, Clock clock) {
    TestServer started = new TestServer(data, clock);
    started.account("default");
    return started;
  }

  /** The server itself. */
  public ApiServer api() {
    return server;
  }

  /** What it keeps. */
  public Store store() {
    return store;
  }

  /** The administrator, by client certificate. */
  public Caller admin() {
    return admin;
  }

  /** Nobody known. */
  public Caller anonymous() {
    return keep(Caller.of(server.url(), server.caPem(), null, ""));
  }

  /** The bearer of a token. */
  public Caller bearer(String token) {
    return keep(Caller.of(server.url(), server.caPem(), null, token));
  }

  /** A user of that name, by client certificate. */
  public Caller user(String name, String... groups) {
    return caller(
        server
            .pki()
            .certificateAuthority()
            .issue(new Subject(name, List.of(groups)), EnumSet.of(Use.CLIENT), List.of()));
  }

  /** The agent of a node, by client certificate. */
  public Caller node(String name) {
    return caller(server.pki().nodeCredential(name));
  }

  /** The holder of a certificate. */
  public Caller caller(Credential credential) {
    return keep(Caller.of(server.url(), server.caPem(), credential, ""));
  }

  private Caller keep(Caller caller) {
    callers.add(caller);
    return caller;
  }

  /** A namespace with the account that a loop makes in a whole cluster. */
  public void namespace(String name) {
    create("/api/v1/namespaces", "{\"metadata\": {\"name\": \"" + name + "\"}}");
    account(name);
  }

  private void account(String namespace) {
    create(
        "/api/v1/namespaces/" + namespace + "/serviceaccounts",
        "{\"metadata\": {\"name\": \"default\"}}");
  }

  /** Creates something as the administrator, and answers what came back. */
  public JsonNode create(String collection, String json) {
    Answered reply = admin.post(collection, json);
    assertThat(reply.code()).as(reply.text()).isEqualTo(201);
    return reply.json();
  }

  /** Changes something as the administrator by a merge patch. */
  public JsonNode change(String path, String merge) {
    Answered reply = admin.patch(path, "application/merge-patch+json", merge);
    assertThat(reply.code()).as(reply.text()).isEqualTo(200);
    return reply.json();
  }

  /** How many watches of ConfigMaps it serves at present. */
  public long watchesOfConfigMaps() {
    return (long)
        server
            .meters()
            .get("apiserver.registered.watchers")
            .tag("resource", Kinds.CONFIG_MAP.qualifiedPlural())
            .gauge()
            .value();
  }

  /** Removes something at once, as the administrator. */
  public void remove(String path) {
    Answered reply =
        admin.send("DELETE", path, Json.bytes(Json.parse("{\"gracePeriodSeconds\": 0}")));
    assertThat(reply.code()).as(reply.text()).isEqualTo(200);
  }

  @Override
  public void close() {
    callers.forEach(Caller::close);
    server.close();
    store.close();
  }
}
