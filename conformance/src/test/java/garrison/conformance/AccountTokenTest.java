package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod finds a token of its service account, and the API takes it (spec: node-agent 3.11). */
class AccountTokenTest {
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "up", "--nodes", "1");
    kubectl = Kubectl.against(garrison);
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: box}
        spec:
          selector: {matchLabels: {app: box}}
          template:
            metadata: {labels: {app: box}}
            spec:
              runtimeClassName: process
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, image: host/sleep, args: ["1000"]}
        """,
        "apply",
        "-f",
        "-");
    kubectl.run("rollout", "status", "ds/box", "--timeout=60s");
  }

  @AfterAll
  static void stop() {
    kubectl.run("delete", "ds", "--all", "--cascade=foreground");
    garrison.close();
  }

  private static String file(String name) {
    return kubectl.run("exec", "ds/box", "--", "cat", ACCOUNT + name);
  }

  @Test
  void podIsItsServiceAccount() throws IOException {
    Path authority = Files.writeString(folder.resolve("ca.crt"), file("ca.crt"));
    Kubectl pod = kubectl.as(garrison.url(), authority, file("token"));
    assertThat(pod.run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
        .isEqualTo("system:serviceaccount:default:default");
    assertThat(
            pod.run(
                "auth",
                "whoami",
                "-o",
                "jsonpath={.status.userInfo.extra.authentication\\.kubernetes\\.io/pod-name[0]}"))
        .startsWith("box-");
    assertThat(pod.tryRun("", "get", "pods").err()).contains("(Forbidden)");
    assertThat(file("namespace")).isEqualTo("default");
  }

  @Test
  void clientWithoutAnyConfigurationFindsTheServerByItsService() {
    String program = RealPart.of("kubectl").toAbsolutePath().toString();
    assertThat(
            kubectl.run(
                "exec",
                "ds/box",
                "--",
                program,
                "auth",
                "whoami",
                "-o",
                "jsonpath={.status.userInfo.username}"))
        .isEqualTo("system:serviceaccount:default:default");
  }

  @Test
  void nobodyIsToldThatATokenIsMissing() {
    assertThat(kubectl.run("get", "events")).doesNotContain("NoServiceAccountToken");
  }

  @Test
  void administratorGetsATokenByHand() throws IOException {
    Path authority = garrison.data().resolve("pki/ca.crt");
    String token = kubectl.run("create", "token", "default", "--duration=10m").strip();
    assertThat(
            kubectl
                .as(garrison.url(), authority, token)
                .run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
        .isEqualTo("system:serviceaccount:default:default");
  }
}
