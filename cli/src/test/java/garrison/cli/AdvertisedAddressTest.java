package garrison.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.agent.node.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where pods are told that the server is. */
class AdvertisedAddressTest {
  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "fd00::7", "127.0.0.1"})
  void isWhatItsOwnerSays(String told) {
    assertThat(AdvertisedAddress.of(told, "0.0.0.0")).isEqualTo(told);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "fleet.example", "192.0.2.7:6443", ""})
  void isOneAddressAndNothingElse(String told) {
    assertThatThrownBy(() -> AdvertisedAddress.of(told, "127.0.0.1"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("--advertise-address must be one IP address, and \"" + told + "\" is not");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void isWhereTheServerListens(String bind) {
    assertThat(AdvertisedAddress.of(null, bind)).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void isWhereTheDefaultRouteLeavesOfOneThatListensEverywhere(String bind) {
    assertThat(AdvertisedAddress.of(null, bind)).isEqualTo(NodeAddress.ofDefaultRoute());
  }

  @Test
  void needsAnAddressToListenOn() {
    assertThatThrownBy(() -> AdvertisedAddress.of(null, "no address"))
        .isInstanceOf(CommandFailure.class)
        .hasMessage("--bind must be an address of this machine, and \"no address\" is not known");
  }
}
