package garrison.bench.fleet;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.client.cache.Scope;
import garrison.model.json.Json;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One DaemonSet's life: applied until Ready on every node, rolled out until done, deleted until no
 * pod is left. The end of the first two is what {@code kubectl rollout status} waits for; each
 * watch begins before its clock does.
 */
final class Round {
  private static final String NAMESPACE = "default";
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: NAME, namespace: default}
      spec:
        selector: {matchLabels: {app: NAME}}
        updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: MAX}}
        template:
          metadata: {labels: {app: NAME}}
          spec:
            terminationGracePeriodSeconds: 30
            containers:
            - name: collector
              image: registry.k8s.io/collector:1
              args: [--verbose]
              env:
              - name: NODE_NAME
                valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
              resources:
                requests: {cpu: 10m, memory: 20Mi}
                limits: {memory: 100Mi}
              volumeMounts:
              - {name: logs, mountPath: /var/log, readOnly: true}
            volumes:
            - name: logs
              hostPath: {path: /var/log}
      """;

  private final Cluster cluster;
  private final Supplier<Duration> cpu;
  private final int nodes;
  private final String name;

  /**
   * What it took.
   *
   * @param seconds until the end was seen
   * @param cpuSeconds of the processes under test, in that time
   */
  record Took(double seconds, double cpuSeconds) {}

  /** What each part took. */
  record Result(Took apply, Took rollOut, Took delete) {}

  @FunctionalInterface
  private interface Step {
    void run() throws InterruptedException;
  }

  /**
   * A round.
   *
   * @param cpu what the processes under test have used so far
   * @param nodes how many the fleet has, all eligible
   */
  Round(Cluster cluster, Supplier<Duration> cpu, int nodes, int number) {
    this.cluster = cluster;
    this.cpu = cpu;
    this.nodes = nodes;
    this.name = "round-" + number;
  }

  Result run(String maxUnavailable) throws InterruptedException {
    ObjectNode daemonSet =
        (ObjectNode)
            Yaml.documents(
                    DAEMON_SET.replace("NAME", name).replace("MAX", '"' + maxUnavailable + '"'))
                .getFirst();
    Took apply =
        untilServed(1, "apply", () -> cluster.create(Kinds.DAEMON_SET, NAMESPACE, daemonSet));
    Took rollOut =
        untilServed(
            2,
            "roll-out",
            () ->
                cluster.patch(
                    Kinds.DAEMON_SET, NAMESPACE, name, PatchType.STRATEGIC, newImage(), ""));
    return new Result(apply, rollOut, delete());
  }

  private Took untilServed(long generation, String what, Step step) throws InterruptedException {
    Predicate<ObjectNode> served = daemonSet -> served(daemonSet, generation);
    try (Sight sight =
        Sight.open(
            cluster, Kinds.DAEMON_SET, new Scope(NAMESPACE, "", "metadata.name=" + name), served)) {
      return time(
          () -> {
            step.run();
            sight.await(1, PATIENCE, what + " of " + name);
          });
    }
  }

  private boolean served(ObjectNode daemonSet, long generation) {
    JsonNode status = daemonSet.path("status");
    return status.path("observedGeneration").asLong(0) >= generation
        && status.path("desiredNumberScheduled").asInt(0) == nodes
        && status.path("updatedNumberScheduled").asInt(0) == nodes
        && status.path("numberReady").asInt(0) == nodes
        && status.path("numberAvailable").asInt(0) == nodes;
  }

  private static JsonNode newImage() {
    return Json.parse(
        """
        {"spec":{"template":{"spec":{"containers":[
          {"name":"collector","image":"registry.k8s.io/collector:2"}]}}}}
        """);
  }

  private Took delete() throws InterruptedException {
    try (Sight pods =
        Sight.open(cluster, Kinds.POD, new Scope(NAMESPACE, "app=" + name, ""), pod -> true)) {
      pods.await(nodes, PATIENCE, "pods of " + name);
      return time(
          () -> {
            cluster.delete(Kinds.DAEMON_SET, NAMESPACE, name, DeleteOptions.DEFAULT);
            pods.await(0, PATIENCE, "deletion of " + name);
          });
    }
  }

  private Took time(Step step) throws InterruptedException {
    Duration cpuBefore = cpu.get();
    long start = System.nanoTime();
    step.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Took(seconds, cpu.get().minus(cpuBefore).toMillis() / 1e3);
  }
}
