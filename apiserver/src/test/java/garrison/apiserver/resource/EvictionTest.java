package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spec: api-server 10.6, beyond what is recorded ({@link GoldenPodTest}). */
class EvictionTest {
  private static final String PODS = "/api/v1/namespaces/w/pods";
  private static final String BUDGETS = "/apis/policy/v1/namespaces/w/poddisruptionbudgets";

  private final TestApi api = TestApi.start();

  @BeforeEach
  void namespace() {
    api.namespace("w");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void pod(String name, String phase, boolean ready) {
    ObjectNode pod = Requests.pod(name);
    pod.withObject("metadata").withObject("labels").put("app", "e");
    pod.withObject("spec").put("nodeName", "n1");
    api.post(PODS, pod);
    status(name, phase, ready);
  }

  private void status(String name, String phase, boolean ready) {
    api.patch(
        PODS + "/" + name + "/status",
        """
        {"status": {"phase": "%s", "conditions": [{"type": "Ready", "status": "%s"}]}}
        """
            .formatted(phase, ready ? "True" : "False"));
  }

  private void budget(String policy, String status) {
    api.post(
        BUDGETS,
        Json.parse(
            """
            {"metadata": {"name": "pdb"}, "spec": {"minAvailable": 1 %s,
             "selector": {"matchLabels": {"app": "e"}}}}
            """
                .formatted(
                    policy.isEmpty()
                        ? ""
                        : ", \"unhealthyPodEvictionPolicy\": \"" + policy + "\"")));
    api.patch(BUDGETS + "/pdb/status", "{\"status\": {\"observedGeneration\": 1, " + status + "}}");
  }

  private ApiDriver.Reply evict(String name, String options, String query) {
    return api.send(
        "POST",
        PODS + "/" + name + "/eviction" + query,
        """
        {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "%s"},
         "deleteOptions": %s}
        """
            .formatted(name, options));
  }

  private boolean isDeleted(String name) {
    return api.get(PODS + "/" + name).path("metadata").has("deletionTimestamp");
  }

  private long allowed() {
    return api.get(BUDGETS + "/pdb").path("status").path("disruptionsAllowed").asLong();
  }

  /** What an unready pod may do, by the budget's policy and whether the others suffice. */
  @ParameterizedTest(name = "policy {0}, healthy {1} of {2}, allowed {3}: {4}, left {5}")
  @CsvSource({
    "'',              1, 2, 0, 429, 0",
    "'',              2, 2, 0, 201, 0",
    "'',              0, 0, 0, 429, 0",
    "'',              3, 2, 1, 201, 1",
    "'',              1, 2, 1, 201, 0",
    "IfHealthyBudget, 1, 2, 0, 429, 0",
    "IfHealthyBudget, 2, 2, 0, 201, 0",
    "AlwaysAllow,     1, 2, 0, 201, 0",
    "AlwaysAllow,     0, 0, 1, 201, 1"
  })
  void unreadyPods(String policy, int healthy, int desired, int allowed, int code, int left) {
    pod("p", "Running", false);
    budget(
        policy,
        "\"currentHealthy\": %d, \"desiredHealthy\": %d, \"disruptionsAllowed\": %d"
            .formatted(healthy, desired, allowed));
    assertThat(evict("p", "{}", "").code()).isEqualTo(code);
    assertThat(isDeleted("p")).isEqualTo(code == 201);
    assertThat(allowed()).isEqualTo(left);
  }

  @ParameterizedTest
  @CsvSource({"Pending", "Succeeded", "Failed"})
  void podsThatServeNobodyNeedNoBudget(String phase) {
    pod("p", phase, false);
    budget("", "\"disruptionsAllowed\": 0, \"desiredHealthy\": 1");
    assertThat(evict("p", "{}", "").code()).isEqualTo(201);
    assertThat(evict("p", "{}", "").code()).isEqualTo(phase.equals("Pending") ? 201 : 404);
  }

  /** A dry run may be asked for in the query or in the body; it takes and deletes nothing. */
  @ParameterizedTest
  @CsvSource({
    "'{}', ?dryRun=All",
    "'{\"dryRun\": [\"All\"]}', ''",
    "'{\"dryRun\": [\"All\"]}', ?dryRun=All"
  })
  void dryRun(String options, String query) {
    pod("p", "Running", true);
    budget("", "\"disruptionsAllowed\": 1");
    assertThat(evict("p", options, query).code()).isEqualTo(201);
    assertThat(isDeleted("p")).isFalse();
    assertThat(api.get(PODS + "/p").toString()).doesNotContain("DisruptionTarget");
    assertThat(allowed()).isEqualTo(1);
    api.patch(BUDGETS + "/pdb/status", "{\"status\": {\"disruptionsAllowed\": 0}}");
    assertThat(evict("p", options, query).code()).isEqualTo(429);
  }

  @Test
  void optionsAreChecked() {
    pod("p", "Running", true);
    assertThat(evict("p", "{\"dryRun\": [\"x\"]}", "").code()).isEqualTo(422);
    ApiDriver.Reply unsafe =
        evict("p", "{\"ignoreStoreReadErrorWithClusterBreakingPotential\": true}", "");
    assertThat(unsafe.code()).isEqualTo(422);
    assertThat(unsafe.body().path("message").asString())
        .isEqualTo(
            "Eviction.policy \"p\" is invalid:"
                + " deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential: Invalid value:"
                + " true: can not be set for pod eviction, try after removing the option");
    assertThat(isDeleted("p")).isFalse();
  }

  private static final String CONDITION =
      ", \"conditions\": [{\"type\": \"DisruptionAllowed\", \"status\": \"False\","
          + " \"lastTransitionTime\": \"2026-01-01T00:00:00Z\", \"reason\": \"%s\","
          + " \"message\": \"%s\"}]";

  private String cause(String status) {
    pod("p", "Running", true);
    budget("", "\"disruptionsAllowed\": 0, " + status);
    JsonNode body = evict("p", "{}", "").body();
    assertThat(body.path("details").has("retryAfterSeconds")).isFalse();
    assertThat(body.at("/details/causes/0/reason").asString()).isEqualTo("DisruptionBudget");
    return body.at("/details/causes/0/message").asString();
  }

  @Test
  void aBudgetThatCannotBeWorkedOutSaysWhy() {
    assertThat(
            cause(
                "\"currentHealthy\": 0, \"desiredHealthy\": 0"
                    + CONDITION.formatted("SyncFailed", "no scale")))
        .isEqualTo(
            "The disruption budget pdb does not allow evicting pods currently because it failed"
                + " sync: no scale");
  }

  @Test
  void enoughHealthyPodsAndStillNothingAllowed() {
    assertThat(cause("\"currentHealthy\": 3, \"desiredHealthy\": 1"))
        .isEqualTo("The disruption budget pdb does not allow evicting pods currently");
  }

  @Test
  void anotherReasonOfTheConditionIsPassedOn() {
    assertThat(
            cause(
                "\"currentHealthy\": 3, \"desiredHealthy\": 1"
                    + CONDITION.formatted("Mine", "because")))
        .isEqualTo(
            "The disruption budget pdb does not allow evicting pods currently (Mine): because");
  }

  @Test
  void tooManyAnnouncedPods() {
    pod("p", "Running", true);
    StringBuilder pods = new StringBuilder();
    for (int i = 0; i <= 2000; i++) {
      pods.append(i == 0 ? "" : ",").append("\"x").append(i).append("\":\"2026-01-01T00:00:00Z\"");
    }
    budget("", "\"disruptionsAllowed\": 5, \"disruptedPods\": {" + pods + "}");
    ApiDriver.Reply reply = evict("p", "{}", "");
    assertThat(reply.code()).isEqualTo(403);
    assertThat(reply.body().path("message").asString())
        .isEqualTo(
            "poddisruptionbudget.policy \"pdb\" is forbidden: DisruptedPods map too big - too many"
                + " evictions not confirmed by PDB controller");
    assertThat(reply.body().at("/details/kind").asString()).isEqualTo("poddisruptionbudget");
    assertThat(reply.body().at("/details/causes/0/message").asString())
        .isEqualTo(
            "The disruption budget pdb does not allow evicting pods currently: too many pending"
                + " evictions not confirmed by PDB controller");
  }

  @Test
  void aPreconditionThatDoesNotHoldTakesNothing() {
    pod("p", "Running", true);
    String version = api.get(PODS + "/p").path("metadata").path("resourceVersion").asString();
    status("p", "Running", true);
    api.patch(PODS + "/p", "{\"metadata\": {\"labels\": {\"new\": \"label\"}}}");
    assertThat(
            evict("p", "{\"preconditions\": {\"resourceVersion\": \"" + version + "\"}}", "")
                .code())
        .isEqualTo(409);
    assertThat(isDeleted("p")).isFalse();
    assertThat(api.get(PODS + "/p").toString()).doesNotContain("DisruptionTarget");
    String now = api.get(PODS + "/p").path("metadata").path("resourceVersion").asString();
    assertThat(evict("p", "{\"preconditions\": {\"resourceVersion\": \"" + now + "\"}}", "").code())
        .isEqualTo(201);
    assertThat(isDeleted("p")).isTrue();
  }

  @Test
  void manyAtATimeNeverTakeMoreThanThereIs() throws Exception {
    int pods = 24;
    for (int i = 0; i < pods; i++) {
      pod("p" + i, "Running", true);
    }
    budget("", "\"disruptionsAllowed\": 7");
    List<Future<Integer>> codes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < pods; i++) {
        String name = "p" + i;
        codes.add(threads.submit(() -> evict(name, "{}", "").code()));
      }
    }
    long gone = 0;
    for (Future<Integer> code : codes) {
      assertThat(code.get()).isIn(201, 429);
      gone += code.get() == 201 ? 1 : 0;
    }
    assertThat(gone).isEqualTo(7);
    assertThat(allowed()).isZero();
    JsonNode status = api.get(BUDGETS + "/pdb").path("status");
    assertThat(status.path("disruptedPods").size()).isEqualTo(7);
    assertThat(status.at("/conditions/0/reason").asString()).isEqualTo("InsufficientPods");
  }
}
