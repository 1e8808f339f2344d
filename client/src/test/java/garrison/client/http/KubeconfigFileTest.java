package garrison.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigFileTest {
  private static final String FRAME =
      """
      apiVersion: v1
      kind: Config
      current-context: here
      contexts:
        - {name: there, context: {cluster: far, user: other}}
        - {name: here, context: {cluster: near, user: me, namespace: x}}
      clusters:
        - {name: far, cluster: {server: "https://far:1"}}
        - {name: near, cluster: {server: "https://near:2"CLUSTER}}
      users:
        - {name: other, user: {token: wrong}}
        - {name: me, user: {USER}}
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("config");
  }

  private Config read(String cluster, String user) throws IOException {
    Files.writeString(file, FRAME.replace("CLUSTER", cluster).replace("USER", user));
    return KubeconfigFile.read(file);
  }

  @Test
  void theCurrentContextCounts() throws IOException {
    Config config = read(", certificate-authority-data: Y2E=", "token: secret");
    assertThat(config.getMasterUrl()).startsWith("https://near:2");
    assertThat(config.getOauthToken()).isEqualTo("secret");
    assertThat(config.getCaCertData()).isEqualTo("Y2E=");
    assertThat(config.isTrustCerts()).isFalse();
  }

  @Test
  void pathsAreRelativeToTheFile() throws IOException {
    Config config =
        read(
            ", certificate-authority: pki/ca.crt", "client-certificate: a.crt, client-key: /b.key");
    assertThat(config.getCaCertFile()).isEqualTo(folder.resolve("pki/ca.crt").toString());
    assertThat(config.getClientCertFile()).isEqualTo(folder.resolve("a.crt").toString());
    assertThat(config.getClientKeyFile()).isEqualTo("/b.key");
  }

  @Test
  void theFileOfATokenWinsAndIsReadAgain() throws IOException {
    Files.writeString(folder.resolve("t"), "one\n");
    String user = "token: stale, tokenFile: t";
    assertThat(read("", user).getOauthToken()).isEqualTo("one");
    Files.writeString(folder.resolve("t"), "two\n");
    assertThat(read("", user).getOauthToken()).isEqualTo("two");
  }

  @Test
  void whoSaysSoTrustsAnybody() throws IOException {
    assertThat(read(", insecure-skip-tls-verify: true", "token: t").isTrustCerts()).isTrue();
  }

  @Test
  void fabric8ReadsWhatIsLeft() throws IOException {
    Config config = read("", "as: somebody, token: t");
    assertThat(config.getMasterUrl()).startsWith("https://near:2");
    assertThat(config.getAutoOAuthToken()).isEqualTo("t");
  }

  @Test
  void theContextNamesTheNamespace() throws IOException {
    assertThat(read("", "token: t").getNamespace()).isEqualTo("x");
  }

  @Test
  void ofSeveralFilesTheFirstToSaySoCounts() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first")).resolve("config");
    Files.writeString(
        first,
        """
        current-context: mixed
        contexts: [{name: mixed, context: {cluster: near, user: mine}}]
        users: [{name: mine, user: {client-certificate: a.crt}}]
        """);
    Files.writeString(file, FRAME.replace("CLUSTER", "").replace("USER", "token: t"));
    Config config = KubeconfigFile.read(List.of(first, file));
    assertThat(config.getMasterUrl()).startsWith("https://near:2");
    assertThat(config.getClientCertFile()).isEqualTo(first.resolveSibling("a.crt").toString());
    assertThat(config.getOauthToken()).isNull();
  }

  @Test
  void aPluginIsNotLookedForInSeveralFiles() throws IOException {
    Path first = folder.resolve("first");
    Files.writeString(
        first,
        """
        current-context: mixed
        contexts: [{name: mixed, context: {cluster: near, user: mine}}]
        users: [{name: mine, user: {exec: {command: x}}}]
        """);
    Files.writeString(file, FRAME.replace("CLUSTER", "").replace("USER", "token: t"));
    assertThatThrownBy(() -> KubeconfigFile.read(List.of(first, file)))
        .hasRootCauseMessage(
            "context mixed, its cluster and its user need a plugin or a proxy and are in several"
                + " files: put them into one");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> KubeconfigFile.read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }
}
