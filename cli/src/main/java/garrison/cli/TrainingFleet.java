package garrison.cli;

import garrison.agent.hollow.HollowFleet;
import garrison.apiserver.auth.JoinTokens;
import garrison.apiserver.auth.User;
import garrison.apiserver.pki.CertificateAuthority;
import garrison.cli.apply.Apply;
import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.cache.Handler;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.client.http.HttpCluster;
import garrison.client.http.Join;
import garrison.client.http.JoinToken;
import garrison.model.json.Yaml;
import garrison.model.kind.Kinds;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Simulated nodes, half of them over HTTPS, and the whole life of a DaemonSet on them. So many that
 * the JVM has seen every path often enough to know its profile; what takes too long on a slow
 * machine is only learnt less well.
 */
final class TrainingFleet {
  private static final int NODES = 150;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String DAEMON_SET =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: train, namespace: default}
      spec:
        selector: {matchLabels: {app: train}}
        updateStrategy: {rollingUpdate: {maxUnavailable: 20%}}
        template:
          metadata: {labels: {app: train}}
          spec: {containers: [{name: c, image: none, resources: {limits: {cpu: 10m}}}]}
      """;

  private TrainingFleet() {}

  /** Starts the nodes, applies, rolls out and deletes, and ends the nodes. */
  static void live(StandaloneServer server, HttpCluster cluster) throws InterruptedException {
    Clock clock = Clock.systemUTC();
    String ca = server.api().caPem();
    URI url = URI.create(server.api().url());
    JoinToken token =
        JoinToken.parse(
            new JoinTokens(cluster, clock)
                .create(Duration.ofHours(1), CertificateAuthority.pinOf(ca)));
    try (HttpCluster joining = Join.connect(url, Join.trust(url, token));
        HollowFleet near =
            HollowFleet.start(node -> server.api().cluster(User.node(node)), "near", NODES, clock);
        HollowFleet far =
            HollowFleet.start(
                node -> joining.withToken(Join.bearer(joining, token, node)),
                "far",
                NODES,
                clock)) {
      near.awaitRegistered(PATIENCE);
      far.awaitRegistered(PATIENCE);
      Apply apply = new Apply(cluster);
      ObjectNode daemonSet = (ObjectNode) Yaml.documents(DAEMON_SET).getFirst();
      apply.apply(daemonSet);
      apply.apply(daemonSet);
      await(cluster, set -> served(set, 1));
      apply.apply((ObjectNode) Yaml.documents(DAEMON_SET.replace("none", "other")).getFirst());
      await(cluster, set -> served(set, 2));
      cluster.delete(Kinds.DAEMON_SET, "default", "train", DeleteOptions.DEFAULT);
    }
  }

  private static boolean served(ObjectNode daemonSet, long generation) {
    JsonNode status = daemonSet.path("status");
    return status.path("observedGeneration").asLong(0) >= generation
        && status.path("updatedNumberScheduled").asInt(0) == 2 * NODES
        && status.path("numberAvailable").asInt(0) == 2 * NODES;
  }

  private static void await(Cluster cluster, Predicate<ObjectNode> wanted)
      throws InterruptedException {
    CountDownLatch seen = new CountDownLatch(1);
    try (Reflector<ObjectNode> sets =
        new Reflector<>(cluster, Kinds.DAEMON_SET, Scope.ALL, document -> document)) {
      sets.cache()
          .addHandler(
              new Handler<ObjectNode>() {
                @Override
                public void added(ObjectNode now) {
                  updated(now, now);
                }

                @Override
                public void updated(ObjectNode old, ObjectNode now) {
                  if (wanted.test(now)) {
                    seen.countDown();
                  }
                }
              });
      sets.start();
      seen.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
