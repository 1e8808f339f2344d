package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do with kubectl on an API server, before there is any node. */
class KubectlWalkTest {
  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: NAME, namespace: default}
      spec:
        selector: {matchLabels: {app: NAME}}
        template:
          metadata: {labels: {app: NAME}}
          spec: {containers: [{name: c, image: nginx}]}
      """;

  @TempDir static Path folder;
  private static Garrison server;
  private static Kubectl kubectl;

  @BeforeAll
  static void startServer() {
    server = Garrison.start(folder, "server");
    kubectl = Kubectl.against(server);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private static String daemonSet(String name) {
    return DAEMON_SET.replace("NAME", name);
  }

  @Test
  void aDaemonSetIsAppliedChangedAndDeleted() {
    assertThat(kubectl.runWith(daemonSet("walk"), "apply", "-f", "-"))
        .isEqualTo("daemonset.apps/walk created\n");
    assertThat(kubectl.runWith(daemonSet("walk"), "apply", "-f", "-"))
        .isEqualTo("daemonset.apps/walk unchanged\n");
    assertThat(kubectl.runWith(daemonSet("walk").replace("nginx", "nginx:2"), "apply", "-f", "-"))
        .isEqualTo("daemonset.apps/walk configured\n");
    assertThat(kubectl.run("get", "ds", "walk", "-o", "jsonpath={.metadata.generation}"))
        .isEqualTo("2");
    assertThat(kubectl.run("get", "ds", "walk", "-o", "wide").lines().findFirst().orElseThrow())
        .matches(
            "NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE +CONTAINERS"
                + " +IMAGES +SELECTOR");
    assertThat(kubectl.run("describe", "ds", "walk")).contains("Selector:       app=walk");
    assertThat(kubectl.run("delete", "ds", "walk")).isEqualTo("daemonset.apps \"walk\" deleted\n");
    assertThat(kubectl.tryRun("", "get", "ds", "walk").err())
        .isEqualTo("Error from server (NotFound): daemonsets.apps \"walk\" not found\n");
  }

  @Test
  void anUnknownFieldIsRefusedAndChangesNothing() {
    Kubectl.Result result =
        kubectl.tryRun(
            daemonSet("unknown").replace("selector: {match", "foo: 1\n  selector: {match"),
            "create",
            "-f",
            "-");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("strict decoding error: unknown field \"spec.foo\"");
    assertThat(kubectl.tryRun("", "get", "ds", "unknown").code()).isEqualTo(1);
  }

  @Test
  void aSelectorCannotBeChanged() {
    kubectl.runWith(daemonSet("fixed"), "apply", "-f", "-");
    Kubectl.Result result =
        kubectl.tryRun(
            "",
            "patch",
            "ds",
            "fixed",
            "--type=merge",
            "-p",
            "{\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"x\"}},\"template\":{\"metadata\":"
                + "{\"labels\":{\"app\":\"x\"}}}}}");
    assertThat(result.err())
        .contains("spec.selector: Invalid value")
        .contains("field is immutable");
  }

  @Test
  void protobufBodiesOfKubectlAreUnderstood() {
    kubectl.run("create", "namespace", "proto");
    kubectl.run("create", "configmap", "c", "-n", "proto", "--from-literal=a=b");
    kubectl.run("create", "secret", "generic", "s", "-n", "proto", "--from-literal=a=b");
    kubectl.run("create", "serviceaccount", "sa", "-n", "proto");
    assertThat(kubectl.run("get", "cm,secret,sa", "-n", "proto", "-o", "name"))
        .contains("configmap/c", "secret/s", "serviceaccount/sa");
    assertThat(kubectl.run("auth", "can-i", "create", "pods")).isEqualTo("yes\n");
  }

  @Test
  void aNamespaceIsGivenItsDefaultsAndEmptiedWhenItGoes() {
    kubectl.run("create", "namespace", "brief");
    kubectl.run("wait", "--for=create", "sa/default", "-n", "brief", "--timeout=20s");
    kubectl.run("wait", "--for=create", "cm/kube-root-ca.crt", "-n", "brief", "--timeout=20s");
    kubectl.run("delete", "namespace", "brief", "--timeout=40s");
    assertThat(kubectl.tryRun("", "get", "ns", "brief").code()).isEqualTo(1);
  }

  @Test
  void explainAndDiffReadTheSchema() {
    assertThat(kubectl.run("explain", "ds.spec.template.spec.tolerations.effect"))
        .contains("FIELD: effect <string>");
    kubectl.runWith(daemonSet("differ"), "apply", "-f", "-");
    Kubectl.Result same = kubectl.tryRun(daemonSet("differ"), "diff", "-f", "-");
    assertThat(same.code()).as(same.err()).isZero();
    Kubectl.Result other =
        kubectl.tryRun(daemonSet("differ").replace("nginx", "x"), "diff", "-f", "-");
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.out()).contains("image: x");
  }

  @Test
  void aJoinTokenIsMadeAndKeptAsAHash() throws InterruptedException, IOException {
    String printed =
        Garrison.run(folder, "token", "create", "--kubeconfig", server.kubeconfig().toString());
    assertThat(printed).matches("garrison\\.[a-z0-9]+\\.[A-Za-z0-9_-]+\\.[0-9a-f]{64}\nexit 0\n");
    String secret = printed.split("\\.")[2];
    for (String file : new String[] {"garrison.db", "garrison.db-wal"}) {
      Path path = server.data().resolve(file);
      if (Files.exists(path)) {
        assertThat(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1))
            .doesNotContain(secret);
      }
    }
  }

  @Test
  void statusShowsAnEmptyFleet() throws InterruptedException {
    assertThat(Garrison.run(folder, "status", "--kubeconfig", server.kubeconfig().toString()))
        .contains("nodes       0")
        .endsWith("exit 0\n");
  }

  @Test
  void aSecondServerOnTheSameFolderIsToldToStop() throws InterruptedException {
    assertThat(Garrison.run(folder, "server", "--data", server.data().toString(), "--port", "0"))
        .contains("another garrison server uses the data folder")
        .endsWith("exit 1\n");
  }

  @Test
  void aPortThatIsTakenIsNamed(@TempDir Path other) throws InterruptedException {
    String port = server.url().substring(server.url().lastIndexOf(':') + 1);
    assertThat(Garrison.run(folder, "server", "--data", other.toString(), "--port", port))
        .contains("port " + port + " on 127.0.0.1 is in use")
        .endsWith("exit 1\n");
  }

  @Test
  void aStoreThatIsNoneIsLeftAlone(@TempDir Path other) throws Exception {
    Files.createFile(other.resolve("garrison.lock"));
    Files.writeString(other.resolve("garrison.db"), "a letter to my grandmother".repeat(50));
    assertThat(Garrison.run(folder, "server", "--data", other.toString(), "--port", "0"))
        .contains("is not a store of Garrison")
        .endsWith("exit 1\n");
  }

  @Test
  void wrongUsageIsExitCodeTwo() throws InterruptedException {
    assertThat(Garrison.run(folder, "server", "--no-such-option"))
        .contains("--no-such-option")
        .endsWith("exit 2\n");
  }

  @Test
  void theServiceOfTheServerIsThereAndCannotBeRemoved() {
    String port = server.url().replaceAll(".*:", "");
    List<String> rows = kubectl.run("get", "svc,ep").lines().toList();
    assertThat(rows.get(1))
        .matches("service/kubernetes +ClusterIP +127\\.0\\.0\\.1 +<none> +" + port + "/TCP +\\S+");
    assertThat(rows.getLast()).matches("endpoints/kubernetes +127\\.0\\.0\\.1:" + port + " +\\S+");
    assertThat(kubectl.run("describe", "svc", "kubernetes"))
        .contains("component=apiserver", "provider=kubernetes", "https  " + port + "/TCP");
    assertThat(kubectl.tryRun("", "delete", "svc", "kubernetes").err())
        .contains("the server does not allow this method on the requested resource");
    assertThat(kubectl.run("get", "svc", "kubernetes", "-o", "name"))
        .isEqualTo("service/kubernetes\n");
    assertThat(kubectl.run("cluster-info"))
        .contains("Kubernetes control plane is running at " + server.url());
  }
}
