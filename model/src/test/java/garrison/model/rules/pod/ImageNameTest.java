package garrison.model.rules.pod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spec: api-server 15.1, imagePullPolicy. */
class ImageNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"nginx", "nginx:latest", "reg.example:5000/a/b", "localhost/x:latest", "a/b_c"})
  void isTheNewest(String image) {
    assertThat(ImageName.isLatest(image)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nginx:1",
        "reg.example:5000/a:1.2",
        "x@sha256:0000",
        "x:1@sha256:00",
        "",
        " a",
        "UPPER",
        "a:latest-1"
      })
  void isAFixedOneOrNoNameAtAll(String image) {
    assertThat(ImageName.isLatest(image)).isFalse();
  }
}
