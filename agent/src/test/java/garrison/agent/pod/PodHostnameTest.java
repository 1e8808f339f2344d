package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.agent.runtime.RuntimeFailure;
import garrison.model.Resources;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spec: node-agent 3.11. */
class PodHostnameTest {
  private static PodHostname of(String name, String spec) {
    return PodHostname.of(
        new PodContext(
            DecisionsTest.yaml(
                "{metadata: {name: " + name + ", namespace: ns, uid: u}, spec: " + spec + "}"),
            "n1",
            "10.0.0.1",
            Resources.NONE,
            List.of()),
        "cluster.local");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                    | p    | ''                       | p",
        "{hostname: h}                                         | h    | ''                       | h",
        "{hostname: h, subdomain: s}                           | h    | h.s.ns.svc.cluster.local | h",
        "{subdomain: s, setHostnameAsFQDN: true}               | p    | p.s.ns.svc.cluster.local |"
            + " p.s.ns.svc.cluster.local",
        "{setHostnameAsFQDN: true}                             | p    | ''                       | p",
        "{hostnameOverride: o.example}                         | o.example | ''                  |"
            + " o.example",
        "{hostname: h, subdomain: s, hostnameOverride: o, setHostnameAsFQDN: false} | o | '' | o",
      })
  void namesOfAPod(String spec, String name, String full, String kernel) {
    assertThat(of("p", spec)).isEqualTo(new PodHostname(name, full, kernel));
  }

  @Test
  void aLongNameIsCutToALabel() {
    assertThat(of("a".repeat(62) + "-bcd", "{}").kernel()).isEqualTo("a".repeat(62));
  }

  @Test
  void aNameThatTheKernelWouldNotTakeIsRefused() {
    assertThatThrownBy(
            () -> of("p", "{subdomain: " + "s".repeat(60) + ", setHostnameAsFQDN: true}"))
        .isInstanceOf(RuntimeFailure.class)
        .hasMessageContaining("is too long (64 characters is the max, 83 characters requested)");
  }
}
