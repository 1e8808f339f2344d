package garrison.agent.probe;

import garrison.agent.runtime.Container;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The probes of one pod's running containers. {@link #observe} follows the containers; {@link #of}
 * says how one is. Thread-safe.
 */
public final class PodProbes implements AutoCloseable {
  /** Who is told. Called by any thread; must not block. */
  public interface Listener {
    /** A warning event about a container. */
    void warning(String container, String reason, String message);

    /** The health of a container may be another now. */
    void changed();
  }

  /**
   * A running container.
   *
   * @param container as the runtime has it
   * @param spec its part of the pod's spec
   * @param target how to reach it
   * @param before what the pod's status says of this very container, null where nothing
   * @param expand for variables in commands
   */
  public record Watched(
      Container container,
      JsonNode spec,
      Target target,
      @Nullable Before before,
      UnaryOperator<String> expand) {}

  /** How a container was before the agent was restarted. */
  public record Before(boolean started, boolean ready) {}

  private final Probes node;
  private final Listener listener;
  private final Map<String, ContainerProbes> byId = new HashMap<>(); // guarded by this

  /** Of a pod of which nothing runs yet. */
  public PodProbes(Probes node, Listener listener) {
    this.node = node;
    this.listener = listener;
  }

  /** These run now, and no others. */
  public synchronized void observe(List<Watched> running) {
    Set<String> ids = new HashSet<>();
    for (Watched watched : running) {
      ids.add(watched.container().id());
      if (!byId.containsKey(watched.container().id())) {
        begin(watched);
      }
    }
    for (String id : List.copyOf(byId.keySet())) {
      if (!ids.contains(id)) {
        end(id);
      }
    }
  }

  /** The pod is gone over anew: what is not ready yet is asked without delay. */
  public synchronized void hurry() {
    byId.values().forEach(ContainerProbes::hurry);
  }

  private void begin(Watched watched) {
    Container container = watched.container();
    Instant startedAt =
        container.startedAt() == null ? container.createdAt() : container.startedAt();
    Before before = node.fromBefore(startedAt) ? watched.before() : null;
    List<ProbeState> states = new ArrayList<>();
    for (ProbeKind kind : ProbeKind.values()) {
      Probe probe = Probe.of(watched.spec(), kind, watched.expand());
      if (probe != null) {
        states.add(
            before == null
                ? ProbeState.first(probe)
                : ProbeState.kept(probe, before.started(), before.ready()));
      }
    }
    if (!states.isEmpty()) {
      byId.put(
          container.id(),
          new ContainerProbes(
              node, listener, container.name(), watched.target(), startedAt, states));
    }
  }

  private void end(String id) {
    ContainerProbes probes = byId.remove(id);
    if (probes != null) {
      probes.close();
    }
  }

  /** How a running container is. */
  public synchronized Health of(String id) {
    ContainerProbes probes = byId.get(id);
    return probes == null ? Health.GOOD : probes.health();
  }

  /** These are being stopped for good: only their readiness is asked from now on. */
  public synchronized void stopping(Set<String> ids) {
    byId.forEach(
        (id, probes) -> {
          if (ids.contains(id)) {
            probes.stopping();
          }
        });
  }

  /** Asks no more. */
  @Override
  public synchronized void close() {
    List.copyOf(byId.keySet()).forEach(this::end);
  }
}
