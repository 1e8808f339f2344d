package garrison.agent.life;

import static org.awaitility.Awaitility.await;

import garrison.agent.Agent;
import garrison.agent.AgentConfig;
import garrison.agent.AgentIdentity;
import garrison.agent.TestAgents;
import garrison.agent.TestCluster;
import garrison.apiserver.pki.Pki;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One agent with the pods of a test, on a whole API server in memory. */
final class NodeFixture implements AutoCloseable {
  static final String NODE = "machine-1";
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Flavour flavour;
  private final Path temp;
  private final Path shared;
  private final TestCluster server = new TestCluster();
  private final AgentIdentity identity;
  private Agent agent;

  NodeFixture(Flavour flavour, Path temp) throws Exception {
    Awaitility.setDefaultTimeout(PATIENCE);
    this.flavour = flavour;
    Path folder = flavour.folder();
    this.temp = (folder == null ? temp : Files.createTempDirectory(folder, "node")).toRealPath();
    this.shared = Files.createDirectory(this.temp.resolve("shared"));
    Pki pki = Pki.open(this.temp.resolve("pki"), Clock.systemUTC(), List.of("127.0.0.1"));
    this.identity = TestAgents.identity(pki, NODE);
    startAgent();
  }

  void startAgent() throws InterruptedException {
    agent =
        Agent.start(
            flavour
                .agent()
                .apply(AgentConfig.of(NODE, temp.resolve("agent")).withAddress("127.0.0.1")),
            server.cluster(),
            identity,
            Clock.systemUTC());
    if (!agent.awaitReady(PATIENCE)) {
      throw new IllegalStateException("the agent does not get ready");
    }
  }

  void stopAgent() {
    agent.close();
  }

  TestCluster server() {
    return server;
  }

  /** Where all its files are; {@link #file} tells those that its pods may see. */
  Path temp() {
    return temp;
  }

  /** A file that test and containers see under the same path. */
  Path file(String name) {
    return shared.resolve(name);
  }

  /** Creates a pod from its spec, in which {@code DIR} is the shared directory. */
  void create(String name, String spec) {
    ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").put("name", name).put("namespace", "default");
    ObjectNode parsed =
        (ObjectNode) Yaml.documents(spec.replace("DIR", shared.toString())).getFirst();
    parsed.put("nodeName", NODE);
    if (!parsed.has("terminationGracePeriodSeconds")) {
      parsed.put("terminationGracePeriodSeconds", 1);
    }
    pod.set("spec", flavour.fit(parsed, shared));
    server.direct().create(Kinds.POD, "default", pod);
  }

  /** Adds a container for debugging to a pod, in which {@code DIR} is the shared directory. */
  void debug(String pod, String container) {
    ObjectNode parsed =
        (ObjectNode) Yaml.documents(container.replace("DIR", shared.toString())).getFirst();
    ObjectNode patch = Json.object();
    patch
        .putObject("spec")
        .putArray("ephemeralContainers")
        .add(flavour.fitContainer(parsed, shared));
    server
        .direct()
        .patch(Kinds.POD, "default", pod, PatchType.STRATEGIC, patch, "ephemeralcontainers");
  }

  void delete(String name) {
    server.direct().delete(Kinds.POD, "default", name, DeleteOptions.DEFAULT);
  }

  void delete(String name, long grace) {
    server.direct().delete(Kinds.POD, "default", name, new DeleteOptions(grace, "", "", ""));
  }

  /** Takes the object away at once, whatever still runs. */
  void forget(String name) {
    String uid = server.pod(name).at("/metadata/uid").asString();
    server.direct().delete(Kinds.POD, "default", name, DeleteOptions.now(uid));
  }

  boolean gone(String name) {
    return server.pods().stream()
        .noneMatch(pod -> pod.at("/metadata/name").asString().equals(name));
  }

  JsonNode status(String pod) {
    return server.pod(pod).path("status");
  }

  /** Of a container of any kind. */
  JsonNode container(String pod, String name) {
    for (String list :
        List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")) {
      for (JsonNode status : status(pod).path(list)) {
        if (status.path("name").asString().equals(name)) {
          return status;
        }
      }
    }
    return Json.object().path("none");
  }

  boolean ready(String pod) {
    return TestCluster.condition(server.pod(pod), "Ready").equals("True");
  }

  void awaitReady(String pod) {
    await(pod + " ready").atMost(PATIENCE).until(() -> ready(pod));
  }

  void awaitContainer(String pod, String name, Predicate<JsonNode> condition) {
    await(pod + "/" + name).atMost(PATIENCE).until(() -> condition.test(container(pod, name)));
  }

  void awaitPhase(String pod, String phase) {
    await(pod + " " + phase)
        .atMost(PATIENCE)
        .until(() -> status(pod).path("phase").asString("").equals(phase));
  }

  void awaitEvent(String pod, String event) {
    await(event)
        .atMost(PATIENCE)
        .until(() -> server.events(pod).stream().anyMatch(told -> told.startsWith(event)));
  }

  void awaitGone(String pod) {
    await(pod + " gone").atMost(PATIENCE).until(() -> gone(pod));
  }

  /** What containers have written down, line by line. */
  List<String> lines(String file) throws IOException {
    return Files.exists(file(file)) ? Files.readAllLines(file(file)) : List.of();
  }

  void awaitLine(String file, String line) {
    await(line).atMost(PATIENCE).until(() -> lines(file).contains(line));
  }

  @Override
  public void close() throws Exception {
    server.forgetPods();
    TestAgents.awaitNothingLeft(temp.resolve("agent"));
    agent.close();
    server.close();
  }
}
