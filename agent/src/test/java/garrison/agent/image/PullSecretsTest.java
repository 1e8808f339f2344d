package garrison.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.runtime.Credential;
import garrison.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Spec: node-agent 3.5. */
class PullSecretsTest {
  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode secret(String key, String text) {
    ObjectNode secret = Json.object();
    secret.putObject("data").put(key, base64(text));
    return secret;
  }

  private static ObjectNode config(String auths) {
    return secret(".dockerconfigjson", "{\"auths\": " + auths + "}");
  }

  private static List<String> users(String image, ObjectNode... secrets) {
    return PullSecrets.fitting(ImageName.parse(image), List.of(secrets)).stream()
        .map(Credential::username)
        .toList();
  }

  @Test
  void onlyThoseOfTheImagesRegistryTheMostSpecialFirst() {
    ObjectNode secret =
        config(
            """
            {"quay.io": {"username": "all", "password": "p"},
             "quay.io/team": {"username": "team", "password": "p"},
             "quay.io/other": {"username": "other", "password": "p"},
             "https://index.docker.io/v1/": {"username": "hub", "password": "p"},
             "*.example.com": {"username": "star", "password": "p"}}
            """);

    assertThat(users("quay.io/team/x:1", secret)).containsExactly("team", "all");
    assertThat(users("busybox", secret)).containsExactly("hub");
    assertThat(users("a.example.com/x", secret)).containsExactly("star");
    assertThat(users("b.a.example.com/x", secret)).isEmpty();
    assertThat(users("ghcr.io/x", secret)).isEmpty();
  }

  @Test
  void userAndPasswordMayBeOneText() {
    ObjectNode secret = config("{\"quay.io\": {\"auth\": \"" + base64("me:pass:word") + "\"}}");
    Credential found =
        PullSecrets.fitting(ImageName.parse("quay.io/x"), List.of(secret)).getFirst();

    assertThat(found.username()).isEqualTo("me");
    assertThat(found.password()).isEqualTo("pass:word");
    assertThat(found.toString()).doesNotContain("word");
  }

  @Test
  void theOlderKindOfSecretHasNoFrame() {
    ObjectNode secret =
        secret(".dockercfg", "{\"quay.io\": {\"username\": \"old\", \"password\": \"p\"}}");

    assertThat(users("quay.io/x", secret)).containsExactly("old");
  }

  @Test
  void aSecretThatCannotBeReadFitsNothing() {
    assertThat(users("quay.io/x", secret(".dockerconfigjson", "{half"))).isEmpty();
    assertThat(users("quay.io/x", Json.object())).isEmpty();
  }
}
