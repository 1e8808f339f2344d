package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Daemons that are broken themselves, on a node of real processes without a container runtime. */
class ExplainProcessesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;
  private static Explained explained;
  private static String node;

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "up", "--runtime-endpoint", "none");
    kubectl = Kubectl.against(garrison);
    explained = new Explained(garrison.kubeconfig());
    node = kubectl.run("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
  }

  @AfterAll
  static void stop() {
    // The processes of pods outlive their agent, so the pods have to go first.
    kubectl.run("delete", "ds", "--all", "--cascade=foreground");
    garrison.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "crash | runtimeClassName: process, | command: [/bin/sh, -c, 'echo cannot open /etc/crash.conf >&2; exit 3'] | container c crashes with exit code 3",
        "crash | runtimeClassName: process, | command: [/bin/sh, -c, 'echo cannot open /etc/crash.conf >&2; exit 3'] | ; last message: cannot open /etc/crash.conf",
        "ends | runtimeClassName: process, | command: [/bin/true] | container c ends by itself with exit code 0, but a daemon is to go on",
        "absent | runtimeClassName: process, | command: [/bin/no-such-program] | container c",
        "runtime | | image: nginx | container c needs a container runtime, and the node has none",
        "probe | runtimeClassName: process, | command: [/bin/sleep, inf], readinessProbe: {exec: {command: [/bin/sh, -c, 'echo not yet; exit 1']}, periodSeconds: 1} | container c: Readiness probe failed: not yet",
        "alive | runtimeClassName: process, | command: [/bin/sleep, inf], livenessProbe: {exec: {command: [/bin/sh, -c, 'echo hung; exit 1']}, periodSeconds: 1, failureThreshold: 1} | because: Liveness probe failed: hung",
        "config | runtimeClassName: process, | command: [/bin/sleep, inf], env: [{name: A, valueFrom: {configMapKeyRef: {name: cfg, key: a}}}] | configmap \"cfg\" not found",
      })
  void isToldAsItIs(String name, String spec, String container, String words) {
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: NAME, namespace: default}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec: {SPEC containers: [{name: c, CONTAINER}], terminationGracePeriodSeconds: 1}
        """
            .replace("NAME", name)
            .replace("SPEC", spec == null ? "" : spec)
            .replace(
                "CONTAINER",
                container.startsWith("image") ? container : "image: host/c, " + container),
        "apply",
        "-f",
        "-");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(explained.tried("explain", "ds/" + name, "node/" + node))
                    .contains(words));
  }
}
