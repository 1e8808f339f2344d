package garrison.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.apiserver.TurnedClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bearer tokens of nodes. */
class NodeTokensTest {
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final TurnedClock clock = new TurnedClock();
  private final NodeTokens tokens = new NodeTokens(KEY, clock);

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tokenIsTheNode() {
    assertThat(tokens.verify(tokens.issue("n1"))).isEqualTo(User.node("n1"));
  }

  @Test
  void anotherServersTokenIsNone() {
    byte[] other = KEY.clone();
    other[0]++;
    assertThat(tokens.verify(new NodeTokens(other, clock).issue("n1"))).isNull();
  }

  @Test
  void tokenEnds() {
    String token = tokens.issue("n1");
    clock.forward(NodeTokens.LIFE.minusSeconds(2));
    assertThat(tokens.verify(token)).isNotNull();
    clock.forward(Duration.ofSeconds(2));
    assertThat(tokens.verify(token)).isNull();
  }

  @Test
  void claimsCannotBeChanged() {
    String[] parts = tokens.issue("n1").split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    assertThat(claims).contains("\"n1\"");
    String changed = encode(claims.replace("\"n1\"", "\"n2\""));
    assertThat(tokens.verify(parts[0] + "." + changed + "." + parts[2])).isNull();
    assertThat(tokens.verify(parts[0] + "." + changed + ".")).isNull();
    String unsigned = encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");
    assertThat(tokens.verify(unsigned + "." + parts[1] + ".")).isNull();
    assertThat(tokens.verify(unsigned + "." + parts[1] + "." + parts[2])).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a.b.c",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.!!.!!"
      })
  void whatIsNoTokenIsNone(String text) {
    assertThat(tokens.verify(text)).isNull();
  }
}
