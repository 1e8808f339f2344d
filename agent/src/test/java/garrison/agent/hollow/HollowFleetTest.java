package garrison.agent.hollow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import garrison.agent.TestCluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.model.kind.Kinds;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Hollow nodes on a whole server. */
class HollowFleetTest {
  private final TestCluster server = new TestCluster();
  private HollowFleet fleet;

  @BeforeEach
  void start() {
    fleet = HollowFleet.start(name -> server.cluster(), "hollow", 3);
  }

  @AfterEach
  void stop() throws Exception {
    fleet.close();
    server.close();
  }

  @Test
  void nodesRegisterReadyWithLeaseAndAddressesOfTheirOwn() throws Exception {
    assertThat(fleet.awaitRegistered(Duration.ofSeconds(20))).isTrue();

    assertThat(fleet.nodeNames()).containsExactly("hollow-0000", "hollow-0001", "hollow-0002");
    ObjectNode node = server.node("hollow-0001");
    assertThat(TestCluster.condition(node, "Ready")).isEqualTo("True");
    assertThat(node.at("/metadata/labels/kubernetes.io~1hostname").asString())
        .isEqualTo("hollow-0001");
    assertThat(node.at("/status/addresses/0/address").asString())
        .isNotEqualTo(server.node("hollow-0002").at("/status/addresses/0/address").asString());
    await()
        .untilAsserted(
            () ->
                assertThat(
                        server
                            .direct()
                            .list(Kinds.LEASE, "kube-node-lease", ListOptions.ALL)
                            .items())
                    .hasSize(3));
  }

  @Test
  void nodeThatMayNotJoinEndsTheStart() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                HollowFleet.start(
                    name -> {
                      throw new IllegalStateException("no credential for " + name);
                    },
                    "refused",
                    100))
        .withMessage("no credential for refused-0000");
  }

  @Test
  void podIsReadyWithItsInitContainersDone() {
    server.createPod(
        "one",
        """
        nodeName: hollow-0000
        initContainers:
        - {name: first, image: example/init:1}
        containers:
        - {name: main, image: example/main:1}
        - {name: also, image: example/also:1}
        """);

    await().until(() -> TestCluster.condition(server.pod("one"), "Ready").equals("True"));
    JsonNode status = server.pod("one").path("status");
    assertThat(status.path("phase").asString()).isEqualTo("Running");
    assertThat(status.path("podIP").asString()).startsWith("198.18.");
    assertThat(status.at("/initContainerStatuses/0/state/terminated/reason").asString())
        .isEqualTo("Completed");
    assertThat(status.at("/containerStatuses/0/state/running").isObject()).isTrue();
    assertThat(status.at("/containerStatuses/0/containerID").asString())
        .startsWith("hollow://")
        .isNotEqualTo(status.at("/containerStatuses/1/containerID").asString());
  }

  @Test
  void deletedPodGoesAtOnceWhateverItsGrace() {
    server.createPod("one", pod("hollow-0000", "example/main:1"));
    await().until(() -> TestCluster.condition(server.pod("one"), "Ready").equals("True"));

    server.direct().delete(Kinds.POD, "default", "one", DeleteOptions.DEFAULT);

    await().until(() -> server.pods().isEmpty());
  }

  @Test
  void imageThatDoesNotExistIsFirstAFailureThenABackOff() {
    server.createPod("bad", pod("hollow-0002", "example/main:non-existent"));

    await().until(() -> waiting("bad").equals("ErrImagePull"));
    await().until(() -> waiting("bad").equals("ImagePullBackOff"));
    assertThat(server.pod("bad").at("/status/phase").asString()).isEqualTo("Pending");
    assertThat(TestCluster.condition(server.pod("bad"), "Ready")).isEqualTo("False");
    await()
        .untilAsserted(
            () ->
                assertThat(server.events("bad"))
                    .contains(
                        "Pulling: Pulling image \"example/main:non-existent\"",
                        "Failed: Error: ErrImagePull",
                        "BackOff: Back-off pulling image \"example/main:non-existent\"",
                        "Failed: Error: ImagePullBackOff"));
  }

  @Test
  void podsStayAsTheyAreWhenTheFleetStartsAgain() throws Exception {
    server.createPod("one", pod("hollow-0000", "example/main:1"));
    await().until(() -> TestCluster.condition(server.pod("one"), "Ready").equals("True"));
    ObjectNode before = server.pod("one");

    fleet.close();
    fleet = HollowFleet.start(name -> server.cluster(), "hollow", 3);
    assertThat(fleet.awaitRegistered(Duration.ofSeconds(20))).isTrue();
    server.createPod("two", pod("hollow-0000", "example/main:1"));

    await().until(() -> TestCluster.condition(server.pod("two"), "Ready").equals("True"));
    assertThat(server.pod("one")).isEqualTo(before);
  }

  @Test
  void serverThatWasAwayFindsThemAgain() throws Exception {
    fleet.close();
    server.away(true);
    fleet = HollowFleet.start(name -> server.cluster(), "late", 2);
    assertThat(fleet.awaitRegistered(Duration.ofMillis(300))).isFalse();

    server.away(false);

    assertThat(fleet.awaitRegistered(Duration.ofSeconds(20))).isTrue();
    server.createPod("one", pod("late-0001", "example/main:1"));
    await().until(() -> TestCluster.condition(server.pod("one"), "Ready").equals("True"));
  }

  private String waiting(String pod) {
    return server.pod(pod).at("/status/containerStatuses/0/state/waiting/reason").asString("");
  }

  private static String pod(String node, String image) {
    return "{nodeName: " + node + ", containers: [{name: main, image: '" + image + "'}]}";
  }
}
