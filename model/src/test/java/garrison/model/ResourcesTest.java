package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a pod asks for (spec: daemonset 9.1, "Effective request"). */
class ResourcesTest {
  private static JsonNode spec(String text) {
    return Json.parse(text.replace('\'', '"'));
  }

  private static String container(String name, String cpu, String memory, String more) {
    return "{'name':'%s','resources':{'requests':{'cpu':'%s','memory':'%s'}}%s}"
        .formatted(name, cpu, memory, more);
  }

  @Test
  void containersAddUp() {
    Resources request =
        Resources.ofPod(
            spec(
                "{'containers':["
                    + container("a", "100m", "64Mi", "")
                    + ","
                    + container("b", "1", "1Gi", "")
                    + ",{'name':'c'}]}"));
    assertThat(request.milliCpu()).isEqualTo(1100);
    assertThat(request.memory()).isEqualTo((64L << 20) + (1L << 30));
  }

  @Test
  void theLargestInitContainerCountsWithTheSidecarsBeforeIt() {
    String always = ",'restartPolicy':'Always'";
    Resources request =
        Resources.ofPod(
            spec(
                "{'initContainers':["
                    + container("s1", "100m", "10Mi", always)
                    + ","
                    + container("i", "2", "1Mi", "")
                    + ","
                    + container("s2", "300m", "10Mi", always)
                    + "],'containers':["
                    + container("a", "1", "50Mi", "")
                    + "],'overhead':{'cpu':'10m'}}"));
    // max(1000 + 100 + 300, 2000 + 100) + 10, and max(50 + 20, 1 + 10) Mi
    assertThat(request.milliCpu()).isEqualTo(2110);
    assertThat(request.memory()).isEqualTo(70L << 20);
  }

  @Test
  void whatThePodAsksAsAWholeReplacesTheSum() {
    Resources request =
        Resources.ofPod(
            spec(
                "{'containers':["
                    + container("a", "1", "50Mi", "")
                    + "],'resources':{'requests':{'cpu':'3','hugepages-2Mi':'4Mi'}},"
                    + "'overhead':{'cpu':'10m'}}"));
    assertThat(request.milliCpu()).isEqualTo(3010);
    assertThat(request.memory()).isEqualTo(50L << 20);
    assertThat(request.scalars()).containsEntry("hugepages-2Mi", 4L << 20);
  }

  @Test
  void everythingLackingIsNamedInTheOrderOfTheScheduler() {
    Resources free = new Resources(100, 100, 100, 0, Map.of("b/x", 1L));
    assertThat(
            free.lacking(new Resources(200, 50, 200, 0, Map.of("b/x", 2L, "a/x", 1L, "c/x", 0L))))
        .containsExactly("cpu", "ephemeral-storage", "a/x", "b/x");
    assertThat(free.lacking(Resources.NONE)).isEmpty();
  }

  /** Requests of nothing fit even where more was given away than is there. */
  @Test
  void nothingAlwaysFits() {
    assertThat(new Resources(-5, -5, -5, 0, Map.of()).lacking(Resources.NONE)).isEmpty();
  }

  @Test
  void sumsDoNotWrapAround() {
    Resources huge = new Resources(Long.MAX_VALUE, Long.MAX_VALUE, 0, 0, Map.of());
    assertThat(huge.plus(huge)).isEqualTo(huge);
  }

  @Test
  void hostPortsConflictByAddressProtocolAndNumber() {
    HostPort all = new HostPort("0.0.0.0", "TCP", 80);
    HostPort one = new HostPort("10.0.0.1", "TCP", 80);
    assertThat(all.conflictsWith(one)).isTrue();
    assertThat(one.conflictsWith(new HostPort("10.0.0.2", "TCP", 80))).isFalse();
    assertThat(all.conflictsWith(new HostPort("0.0.0.0", "UDP", 80))).isFalse();
    assertThat(all.conflictsWith(new HostPort("0.0.0.0", "TCP", 81))).isFalse();
    assertThat(
            HostPort.ofPod(
                spec(
                    "{'hostNetwork':true,'containers':[{'ports':[{'containerPort':53,"
                        + "'protocol':'UDP'}]}],'initContainers':[{'ports':[{'hostPort':1}]},"
                        + "{'restartPolicy':'Always','ports':[{'hostPort':2}]}]}")))
        .containsExactly(new HostPort("0.0.0.0", "UDP", 53), new HostPort("0.0.0.0", "TCP", 2));
  }
}
