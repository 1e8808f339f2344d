package garrison.agent.cri;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.cri.v1.RuntimeCondition;
import garrison.agent.cri.v1.RuntimeStatus;
import garrison.agent.cri.v1.StatusResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Spec: node-agent 2. */
class CriHealthTest {
  private static final long START = -5; // such clocks may begin anywhere

  private final CriHealth health = new CriHealth(START);

  private static long at(long seconds) {
    return START + Duration.ofSeconds(seconds).toNanos();
  }

  private static StatusResponse status(boolean network) {
    return StatusResponse.newBuilder()
        .setStatus(
            RuntimeStatus.newBuilder()
                .addConditions(
                    RuntimeCondition.newBuilder().setType("RuntimeReady").setStatus(true))
                .addConditions(
                    RuntimeCondition.newBuilder()
                        .setType("NetworkReady")
                        .setStatus(network)
                        .setReason(network ? "" : "NetworkPluginNotReady")
                        .setMessage(network ? "" : "none")))
        .build();
  }

  private void well(long seconds) {
    health.introduced();
    health.status(status(true), at(seconds));
    health.relisted(at(seconds));
  }

  @Test
  void beforeItsFirstWordNothingIsKnown() {
    assertThat(health.answers(at(1))).isFalse();
    assertThat(health.problems(at(1)))
        .containsExactly(
            "container runtime status check may not have completed yet",
            "PLEG is not healthy: pleg has yet to be successful",
            "network state unknown");
    assertThat(health.problems(at(31))).contains("container runtime is down");
  }

  @Test
  void oneThatAnswersIsWell() {
    well(1);

    assertThat(health.answers(at(2))).isTrue();
    assertThat(health.problems(at(2))).isEmpty();
    assertThat(health.networkProblem()).isNull();
  }

  @Test
  void oneThatRefusesIsAwayAtOnceAndDownAfterHalfAMinute() {
    well(1);
    health.relistFailed();

    assertThat(health.answers(at(2))).isFalse();
    assertThat(health.problems(at(31))).isEmpty();
    assertThat(health.problems(at(32))).containsExactly("container runtime is down");
    assertThat(health.problems(at(200)))
        .containsExactly(
            "container runtime is down",
            "PLEG is not healthy: pleg was last seen active 3m19.0s ago; threshold is 3m0s");
    well(201);
    assertThat(health.problems(at(202))).isEmpty();
  }

  @Test
  void oneThatHangsIsAwayAfterHalfAMinute() {
    well(1);

    assertThat(health.answers(at(31))).isTrue();
    assertThat(health.answers(at(32))).isFalse();
  }

  @Test
  void aMissingNetworkIsToldInItsOwnWords() {
    well(1);
    health.status(status(false), at(1));

    assertThat(health.answers(at(2))).isTrue();
    assertThat(health.networkProblem())
        .isEqualTo(
            "container runtime network not ready: NetworkReady=false"
                + " reason:NetworkPluginNotReady message:none");
    assertThat(health.problems(at(2))).containsExactly(health.networkProblem());
  }

  @Test
  void anotherVersionIsSaidUntilItSpeaksOurs() {
    health.refused("it speaks another version");
    assertThat(health.problems(at(1))).startsWith("it speaks another version");
    well(2);
    assertThat(health.problems(at(2))).isEmpty();
  }
}
