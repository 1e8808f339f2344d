package garrison.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.agent.runtime.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What is left for pods, and what a node says of itself (spec: node-agent 2). */
class ReservationsTest {
  @TempDir Path temp;

  private static ObjectNode status(Reservations reserved, Map<String, Long> huge, long swap) {
    MachineFacts facts =
        new MachineFacts(
            "n", "amd64", 4, 8L << 30, 100L << 30, "m", "s", "b", "6.1", "Debian", huge, swap);
    NodeDocument node =
        new NodeDocument(
            "n",
            "10.0.0.1",
            10250,
            facts,
            () -> "process://1",
            Map.of(),
            List.of(),
            reserved,
            List::of);
    return node.status(new NodeConditions(Pressure.NONE, List.of(), null), null, Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource({
    "'', '',                              4,     8092Mi, 96636764160",
    "cpu=200m, '',                        3800m, 8092Mi, 96636764160",
    "'cpu=1,memory=1Gi', 'cpu=500m,memory=92Mi', 2500m, 6976Mi, 96636764160",
    "'ephemeral-storage=10Gi,pid=100', '', 4,    8092Mi, 85899345920",
    "'cpu=5,memory=9Gi', 'ephemeral-storage=1Ti', 0, 0, 0",
  })
  void allocatableIsWhatIsLeft(String system, String kube, String cpu, String memory, String disk) {
    ObjectNode status =
        status(Reservations.parse(system).plus(Reservations.parse(kube)), Map.of(), 0);
    assertThat(status.at("/allocatable/cpu").asString()).isEqualTo(cpu);
    assertThat(status.at("/allocatable/memory").asString()).isEqualTo(memory);
    assertThat(status.at("/allocatable/ephemeral-storage").asString()).isEqualTo(disk);
    assertThat(status.path("capacity").toString())
        .isEqualTo(
            "{\"cpu\":\"4\",\"ephemeral-storage\":\"100Gi\",\"memory\":\"8Gi\",\"pods\":\"110\"}");
  }

  @Test
  void hugePagesAreNoOrdinaryMemory() {
    ObjectNode status = status(Reservations.NONE, Map.of("2Mi", 1L << 30, "1Gi", 0L), 4L << 30);
    assertThat(status.path("capacity").toString())
        .isEqualTo(
            "{\"cpu\":\"4\",\"ephemeral-storage\":\"100Gi\",\"hugepages-1Gi\":\"0\","
                + "\"hugepages-2Mi\":\"1Gi\",\"memory\":\"8Gi\",\"pods\":\"110\"}");
    assertThat(status.at("/allocatable/memory").asString()).isEqualTo("7068Mi");
    assertThat(status.at("/allocatable/hugepages-2Mi").asString()).isEqualTo("1Gi");
    assertThat(status.at("/nodeInfo/swap/capacity").asLong()).isEqualTo(4L << 30);
  }

  @Test
  void hugePagesAreReadFromTheKernel() throws Exception {
    Files.createDirectories(temp.resolve("hugepages-2048kB"));
    Files.writeString(temp.resolve("hugepages-2048kB/nr_hugepages"), "3\n");
    Files.createDirectories(temp.resolve("hugepages-1048576kB"));
    Files.writeString(temp.resolve("hugepages-1048576kB/nr_hugepages"), "0\n");
    assertThat(MachineFacts.hugePages(temp)).isEqualTo(Map.of("2Mi", 6L << 20, "1Gi", 0L));
    assertThat(MachineFacts.hugePages(temp.resolve("none"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu=1", "cpu", "cpu=x", "cpu=-1", "cpu=1;memory=1", ","})
  void whatCannotBeReservedIsRefused(String text) {
    assertThatThrownBy(() -> Reservations.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fiftyLargestImagesWithFiveNamesEach() {
    List<Image> images =
        new ArrayList<>(
            IntStream.range(0, 60)
                .mapToObj(i -> new Image("id" + i, List.of("t" + i), List.of("d" + i), i, null, ""))
                .toList());
    images.add(
        new Image(
            "many", List.of("t1", "t2", "t3", "t4"), List.of("d1", "d2", "d3"), 1000, null, ""));
    assertThat(NodeImages.entries(images))
        .hasSize(50)
        .first()
        .hasToString("{\"names\":[\"d1\",\"d2\",\"d3\",\"t1\",\"t2\"],\"sizeBytes\":1000}");
  }
}
