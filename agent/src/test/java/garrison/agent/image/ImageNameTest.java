package garrison.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spec: node-agent 3.5. */
class ImageNameTest {
  @ParameterizedTest
  @CsvSource({
    "busybox, busybox:latest, docker.io, Always",
    "fluent/fluentd:v1.14, fluent/fluentd:v1.14, docker.io, IfNotPresent",
    "fluent/fluentd:latest, fluent/fluentd:latest, docker.io, Always",
    "quay.io/a/b, quay.io/a/b:latest, quay.io, Always",
    "localhost/pause:local, localhost/pause:local, localhost, IfNotPresent",
    "127.0.0.1:5000/x:1, 127.0.0.1:5000/x:1, 127.0.0.1:5000, IfNotPresent",
    "registry:5000/x, registry:5000/x:latest, registry:5000, Always",
  })
  void tagRegistryAndPolicyOfAName(String name, String text, String registry, String policy) {
    ImageName parsed = ImageName.parse(name);

    assertThat(parsed).isNotNull();
    assertThat(parsed.text()).isEqualTo(text);
    assertThat(parsed.registry()).isEqualTo(registry);
    assertThat(parsed.defaultPolicy()).isEqualTo(policy);
  }

  @Test
  void digestNeedsNoTagAndIsNotPulledAgain() {
    String name = "quay.io/a/b@sha256:" + "0123456789abcdef".repeat(4);
    ImageName parsed = ImageName.parse(name);

    assertThat(parsed).isEqualTo(new ImageName(name, "quay.io", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER", "a//b", "a:b:c", "a b", "-a", "a@sha256:12", "a:", "/a"})
  void whatIsNoName(String name) {
    assertThat(ImageName.parse(name)).isNull();
  }
}
