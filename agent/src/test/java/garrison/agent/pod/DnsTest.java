package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.runtime.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Spec: node-agent 3.11. */
class DnsTest {
  private static final SandboxSpec.Dns NODE =
      Dns.parse(
          List.of(
              "# a comment",
              "nameserver 10.0.0.2",
              "nameserver   10.0.0.3",
              "search old.example",
              "search corp.example. lab.example",
              "options ndots:2 rotate"));
  private static final ClusterDns CLUSTER =
      new ClusterDns(List.of("10.96.0.10"), "cluster.local", Path.of("/none"));

  private static Dns of(String spec, ClusterDns cluster) {
    return Dns.of(DecisionsTest.yaml(spec), "ns", cluster, NODE);
  }

  @Test
  void theNodesFileIsReadAsItsResolverReadsIt() {
    assertThat(NODE)
        .isEqualTo(
            new SandboxSpec.Dns(
                List.of("10.0.0.2", "10.0.0.3"),
                List.of("corp.example", "lab.example"),
                List.of("ndots:2", "rotate")));
  }

  @Test
  void aPodKnowsTheClustersNamesFirst() {
    assertThat(of("{containers: []}", CLUSTER).told())
        .isEqualTo(
            new SandboxSpec.Dns(
                List.of("10.96.0.10"),
                List.of(
                    "ns.svc.cluster.local",
                    "svc.cluster.local",
                    "cluster.local",
                    "corp.example",
                    "lab.example"),
                List.of("ndots:5")));
  }

  @Test
  void onTheNodesNetworkItKnowsWhatTheNodeKnowsUnlessItAsks() {
    assertThat(of("{hostNetwork: true}", CLUSTER).told()).isEqualTo(NODE);
    assertThat(of("{hostNetwork: true, dnsPolicy: Default}", CLUSTER).told()).isEqualTo(NODE);
    assertThat(
            of("{hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet}", CLUSTER).told().servers())
        .containsExactly("10.96.0.10");
  }

  @Test
  void withoutNamesOfTheClusterItFallsBackAndSaysSo() {
    Dns fallen = of("{containers: []}", ClusterDns.NONE);

    assertThat(fallen.told()).isEqualTo(NODE);
    assertThat(fallen.missing()).isTrue();
    assertThat(of("{hostNetwork: true}", ClusterDns.NONE).missing()).isFalse();
  }

  @Test
  void itsOwnWishesAreAddedAndAreAllThereIsWithNone() {
    String config =
        "dnsConfig: {nameservers: [1.1.1.1], searches: [own.example],"
            + " options: [{name: ndots, value: '1'}, {name: edns0}]}";

    assertThat(of("{dnsPolicy: None, " + config + "}", CLUSTER).told())
        .isEqualTo(
            new SandboxSpec.Dns(
                List.of("1.1.1.1"), List.of("own.example"), List.of("edns0", "ndots:1")));
    assertThat(of("{" + config + "}", CLUSTER).told().servers())
        .containsExactly("10.96.0.10", "1.1.1.1");
    assertThat(of("{" + config + "}", CLUSTER).told().options()).contains("ndots:1");
  }

  @Test
  void whatResolversDoNotTakeIsCutAndTold() {
    String servers = "dnsConfig: {nameservers: [a, b, c, d]}";
    Dns cut = of("{dnsPolicy: None, " + servers + "}", CLUSTER);
    assertThat(cut.told().servers()).containsExactly("a", "b", "c");
    assertThat(cut.cut()).contains("the applied nameserver line is: a b c");

    String searches =
        String.join(", ", IntStream.range(0, 40).mapToObj(i -> "s" + i + ".example").toList());
    Dns many = of("{dnsPolicy: None, dnsConfig: {searches: [" + searches + "]}}", CLUSTER);
    assertThat(many.told().searches()).hasSize(32);
    assertThat(many.cut()).startsWith("Search Line limits were exceeded");
  }
}
