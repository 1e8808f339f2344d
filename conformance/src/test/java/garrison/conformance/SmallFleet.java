package garrison.conformance;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;

/** Three simulated nodes, and the kubectl that tests drive them with. */
final class SmallFleet implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Garrison garrison;
  private final Kubectl kubectl;

  private SmallFleet(Garrison garrison) {
    this.garrison = garrison;
    this.kubectl = Kubectl.against(garrison);
  }

  /** Starts it, and waits until all nodes are ready: hollow-0000 to hollow-0002. */
  static SmallFleet start(Path folder) {
    SmallFleet fleet = new SmallFleet(Garrison.start(folder, "up", "--no-agent", "--hollow", "3"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                fleet
                        .kubectl
                        .run("get", "nodes")
                        .lines()
                        .filter(line -> line.contains(" Ready "))
                        .count()
                    == 3);
    return fleet;
  }

  Kubectl kubectl() {
    return kubectl;
  }

  /** A namespace in which pods can be made. */
  void namespace(String name) {
    kubectl.run("create", "namespace", name);
    kubectl.run("wait", "--for=create", "sa/default", "-n", name, "--timeout=20s");
  }

  /** A DaemonSet whose pods carry the label app with its name; {@code spec} of its pods besides. */
  void daemonSet(String namespace, String name, String spec, String cpu) {
    kubectl.runWith(
        """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: NAME, namespace: NAMESPACE}
        spec:
          selector: {matchLabels: {app: NAME}}
          template:
            metadata: {labels: {app: NAME}}
            spec: {SPECcontainers: [{name: c, image: nginx, resources: {requests: {cpu: "CPU"}}}]}
        """
            .replace("NAMESPACE", namespace)
            .replace("NAME", name)
            .replace("CPU", cpu)
            .replace("SPEC", spec),
        "apply",
        "-f",
        "-");
  }

  /** Waits for the end of a roll-out. */
  void rolledOut(String namespace, String daemonSet) {
    kubectl.run("rollout", "status", "ds/" + daemonSet, "-n", namespace, "--timeout=60s");
  }

  @Override
  public void close() {
    garrison.close();
  }
}
