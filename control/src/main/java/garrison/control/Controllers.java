package garrison.control;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Scope;
import garrison.control.binding.BindingLoop;
import garrison.control.daemonset.DaemonSetLoop;
import garrison.control.disruption.DisruptionLoop;
import garrison.control.eviction.TaintEvictionLoop;
import garrison.control.namespaces.NamespaceDefaultsLoop;
import garrison.control.namespaces.NamespaceDeletionLoop;
import garrison.control.nodelifecycle.Limits;
import garrison.control.nodelifecycle.NodeLifecycleLoop;
import garrison.control.ownergc.OwnerGcLoop;
import garrison.control.podgc.PodGcLoop;
import garrison.model.Lease;
import garrison.model.Meta;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All loops of a stand-alone Garrison over one API server, as one thing to start and to stop. Each
 * loop acts as a user of its own, and they read nodes and pods through the same caches.
 *
 * <p>Starts at once and waits for the server by itself, for ever if need be. Closes the loops
 * before the caches they read.
 */
public final class Controllers implements AutoCloseable {
  private final Informers informers;
  private final List<Loop> loops;
  private final Parts parts = new Parts();

  /**
   * Assembles them; nothing runs before {@link #start}.
   *
   * @param clusters the API server as the user of that name in kube-system, such as {@code
   *     daemon-set-controller}
   * @param caPem the certificate of the CA that signs the API server's
   */
  public Controllers(
      Function<String, ? extends Cluster> clusters,
      String caPem,
      Clock clock,
      Limits limits,
      MeterRegistry meters) {
    this.informers = new Informers(clusters.apply("controllers"));
    Cache<Node> nodes = informers.nodes();
    Cache<Pod> pods = informers.pods();
    Cache<Lease> leases =
        informers.follow(Kinds.LEASE, Scope.namespace("kube-node-lease"), Lease::of);
    Cache<Meta> namespaces = informers.follow(Kinds.NAMESPACE, Scope.ALL, Meta::of);
    Cache<Meta> accounts =
        informers.follow(
            Kinds.SERVICE_ACCOUNT,
            Scope.fields("metadata.name=" + NamespaceDefaultsLoop.ACCOUNT),
            Meta::of);
    Cache<ObjectNode> maps =
        informers.follow(
            Kinds.CONFIG_MAP,
            Scope.fields("metadata.name=" + NamespaceDefaultsLoop.CA_MAP),
            Function.identity());
    this.loops =
        List.of(
            new NamespaceDefaultsLoop(
                clusters.apply("namespace-defaults-controller"), namespaces, accounts, maps, caPem),
            new NodeLifecycleLoop(
                clusters.apply("node-controller"), nodes, pods, leases, clock, limits),
            new BindingLoop(
                clusters.apply("default-scheduler"),
                pods,
                nodes,
                informers.budgets(),
                name -> labels(namespaces.get("", name)),
                clock),
            new DaemonSetLoop(clusters.apply("daemon-set-controller"), nodes, pods, clock, meters),
            new TaintEvictionLoop(clusters.apply("taint-eviction-controller"), nodes, pods, clock),
            new DisruptionLoop(
                clusters.apply("disruption-controller"), pods, informers.budgets(), clock),
            new PodGcLoop(clusters.apply("pod-garbage-collector"), nodes, pods, clock),
            new OwnerGcLoop(clusters.apply("generic-garbage-collector"), clock),
            new NamespaceDeletionLoop(clusters.apply("namespace-controller"), namespaces, clock));
  }

  private static Map<String, String> labels(@Nullable Meta namespace) {
    return namespace == null ? Map.of() : namespace.labels();
  }

  /** Starts all; returns at once. Once. */
  public void start() {
    parts.add(informers);
    for (Loop loop : loops) {
      loop.start();
      parts.add(loop);
    }
    informers.start();
  }

  /** Stops all, last first. Idempotent. */
  @Override
  public void close() {
    parts.close();
  }
}
