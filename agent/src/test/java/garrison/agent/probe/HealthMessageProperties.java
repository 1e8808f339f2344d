package garrison.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;

/** The messages of gRPC's health service. */
class HealthMessageProperties {
  @Example
  void requestAsAnyGrpcClientWritesIt() {
    assertThat(HealthMessage.request("ab")).containsExactly(0, 0, 0, 0, 4, 0x0a, 2, 'a', 'b');
    assertThat(HealthMessage.request("")).containsExactly(0, 0, 0, 0, 0);
  }

  @Example
  void statusIsFieldOne() {
    assertThat(HealthMessage.status(new byte[] {0, 0, 0, 0, 2, 8, 1})).isEqualTo(1);
    assertThat(HealthMessage.status(new byte[] {0, 0, 0, 0, 0})).isZero();
    assertThat(HealthMessage.status(new byte[] {0, 0, 0, 0, 5, 0x12, 1, 9, 8, 2})).isEqualTo(2);
    assertThat(HealthMessage.status(new byte[] {1, 0, 0, 0, 2, 8, 1})).isNull();
    assertThat(HealthMessage.status(new byte[] {0, 0, 0, 0, 3, 8, 1})).isNull();
  }

  @Property
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
    byte[] framed = new byte[bytes.length + 5];
    System.arraycopy(bytes, 0, framed, 5, bytes.length);
    framed[3] = (byte) (bytes.length >> 8);
    framed[4] = (byte) bytes.length;

    Integer status = HealthMessage.status(framed);
    assertThat(status == null || status >= 0).isTrue();
  }

  @Property(tries = 200)
  void lengthsAreRight(@ForAll @StringLength(max = 40_000) String service) {
    byte[] framed = HealthMessage.request(service);
    int length = (framed[3] & 0xff) << 8 | framed[4] & 0xff | (framed[2] & 0xff) << 16;

    assertThat(length).isEqualTo(framed.length - 5);
    // A request read as an answer: a field of another type, passed over.
    assertThat(HealthMessage.status(Arrays.copyOf(framed, framed.length))).isZero();
  }
}
