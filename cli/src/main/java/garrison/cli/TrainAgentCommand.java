package garrison.cli;

import garrison.apiserver.auth.JoinTokens;
import garrison.apiserver.pki.CertificateAuthority;
import garrison.cli.apply.Apply;
import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/**
 * A short life of one agent, in a JVM of its own with the class path and the options of agents,
 * beside a server in this one. Run once after a build, by the launcher script, in a folder that is
 * thrown away: an agent that was trained alone carries nothing of the server with it.
 */
@Command(name = "train-agent", hidden = true, mixinStandardHelpOptions = true)
final class TrainAgentCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: train, namespace: default}
      spec:
        selector: {matchLabels: {app: train}}
        template:
          metadata: {labels: {app: train}}
          spec:
            runtimeClassName: process
            terminationGracePeriodSeconds: 1
            containers:
              - name: c
                image: host/sh
                command: [/bin/sh, -c, "echo $(NODE); exec sleep 600"]
                env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
      """;

  @Mixin private ServerOptions server = new ServerOptions();

  @Parameters(
      paramLabel = "OPTION",
      description = "The agent's JVM: everything between java and the main class.")
  private List<String> options = new ArrayList<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (StandaloneServer standalone = server.startOnAnyPort()) {
      Process agent = start(standalone);
      try {
        live(standalone.admin(), agent);
      } finally {
        agent.destroy(); // At its regular end the JVM writes what it learnt.
        if (!agent.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          agent.destroyForcibly();
        }
      }
      return agent.exitValue() == 0 || agent.exitValue() == 128 + 15 ? 0 : 1;
    }
  }

  private Process start(StandaloneServer standalone) throws IOException {
    String pin = CertificateAuthority.pinOf(standalone.api().caPem());
    String token =
        new JoinTokens(standalone.admin(), Clock.systemUTC()).create(Duration.ofHours(1), pin);
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(
        List.of(
            Main.class.getName(),
            "agent",
            "--server",
            standalone.api().url(),
            "--name",
            "train",
            "--address",
            "127.0.0.1",
            "--data",
            server.data().resolve("agent").toString()));
    ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
    builder.environment().put("GARRISON_TOKEN", token);
    return builder.start();
  }

  private static void live(Cluster cluster, Process agent) throws InterruptedException {
    await(agent, () -> !cluster.list(Kinds.NODE, "", ListOptions.ALL).items().isEmpty());
    new Apply(cluster).apply((ObjectNode) Yaml.documents(DAEMON_SET).getFirst());
    await(agent, () -> available(cluster) == 1);
    cluster.delete(Kinds.DAEMON_SET, "default", "train", DeleteOptions.DEFAULT);
    await(agent, () -> cluster.list(Kinds.POD, "", ListOptions.ALL).items().isEmpty());
  }

  private static int available(Cluster cluster) {
    return cluster
        .get(Kinds.DAEMON_SET, "default", "train")
        .path("status")
        .path("numberAvailable")
        .asInt(0);
  }

  private static void await(Process agent, BooleanSupplier seen) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!seen.getAsBoolean()) {
      if (System.nanoTime() > until
          || agent.waitFor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CommandFailure("the agent did not do what it should have been watched at");
      }
    }
  }
}
