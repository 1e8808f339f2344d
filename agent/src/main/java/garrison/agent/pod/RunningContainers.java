package garrison.agent.pod;

import garrison.agent.pod.RestartDecision.Cause;
import garrison.agent.probe.Health;
import garrison.agent.probe.PodProbes;
import garrison.agent.probe.ProbeKind;
import garrison.agent.probe.Target;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Runtime;
import java.time.Duration;
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
 * What goes on around the containers of a pod while they run: the hook after their start, their
 * probes, and the end of those that failed (spec: node-agent 3.4, 3.7, 3.8). None of it is waited
 * for here; {@code wake} is called when there is news. Used by the pod's worker only.
 */
final class RunningContainers implements AutoCloseable {
  private final NodeServices services;
  private final Runtime runtime;
  private final Told told;
  private final Runnable wake;
  private final PodProbes probes;

  /** By name; until the hook is over its container does not count as started. */
  private final Map<String, StartHook> hooks = new HashMap<>();

  /** By id: those that are being ended while the pod goes on. */
  private final Map<String, ContainerStop> kills = new HashMap<>();

  /** Ids of those that start again however they end. */
  private final Set<String> again = new HashSet<>();

  private @Nullable PodStop stopping;

  RunningContainers(NodeServices services, Runtime runtime, Told told, Runnable wake) {
    this.services = services;
    this.runtime = runtime;
    this.told = told;
    this.wake = wake;
    this.probes =
        new PodProbes(
            services.probes(),
            new PodProbes.Listener() {
              @Override
              public void warning(String container, String reason, String message) {
                told.warning(container, reason, message);
              }

              @Override
              public void changed() {
                wake.run();
              }
            });
  }

  /** Follows what runs: hooks that are over, containers to probe, kills that are done. */
  void observe(PodContext context, ContainerSet set) {
    Set<String> running = new HashSet<>();
    set.running().forEach(container -> running.add(container.id()));
    hooks
        .values()
        .removeIf(hook -> !running.contains(hook.id()) || (hook.done() && hook.problem() == null));
    List<PodProbes.Watched> watched = new ArrayList<>();
    for (ContainerRole role : List.of(ContainerRole.INIT, ContainerRole.MAIN)) {
      for (JsonNode container : context.spec().path(role.list())) {
        Container newest = set.newest(container.path("name").asString(""));
        if (newest != null && newest.running() && !hooks.containsKey(newest.name())) {
          watched.add(
              new PodProbes.Watched(
                  newest,
                  container,
                  target(context, newest.id()),
                  before(context, role, newest),
                  plainVariables(container)));
        }
      }
    }
    probes.observe(watched);
    kills.values().removeIf(ContainerStop::done);
    again.retainAll(set.ids());
  }

  /** Those that are not ready yet are asked without delay: once with each pass. */
  void hurry() {
    probes.hurry();
  }

  private Target target(PodContext context, String id) {
    return new Target(runtime, id, address(context));
  }

  /** Of the pod; of the node where the pod has none of its own. */
  private static String address(PodContext context) {
    List<String> now = context.podIps();
    String known = context.pod().path("status").path("podIP").asString("");
    return !now.isEmpty() ? now.getFirst() : known.isEmpty() ? context.address() : known;
  }

  /** What the status says of that very container. */
  private PodProbes.@Nullable Before before(
      PodContext context, ContainerRole role, Container container) {
    String id = runtime.name() + "://" + container.id();
    for (JsonNode status : context.pod().path("status").path(role.statuses())) {
      if (status.path("containerID").asString("").equals(id)) {
        return new PodProbes.Before(
            status.path("started").asBoolean(false), status.path("ready").asBoolean(false));
      }
    }
    return null;
  }

  /** Commands of probes know the values that stand in the spec, and no others. */
  private static UnaryOperator<String> plainVariables(JsonNode container) {
    Map<String, String> variables = new HashMap<>();
    for (JsonNode variable : container.path("env")) {
      variables.put(variable.path("name").asString(""), variable.path("value").asString(""));
    }
    return text -> Expansion.expand(text, variables);
  }

  /** How a container is. */
  Health health(Container container) {
    return container.running() ? probes.of(container.id()) : Health.NONE;
  }

  /** What a status may show: a container counts from the end of its postStart hook. */
  ContainerSet seen(ContainerSet set) {
    ContainerSet seen = set;
    for (Container container : set.running()) {
      StartHook hook = hooks.get(container.name());
      if (hook != null && hook.id().equals(container.id())) {
        seen = seen.without(container);
      }
    }
    return seen;
  }

  /** A container was started that has a postStart hook. */
  void begin(PodContext context, ContainerView view, String id) {
    hooks.put(view.name(), new StartHook(services.hooks(), told, view, target(context, id), wake));
  }

  /** The hook that its container waits for, or that failed; null where there is none. */
  @Nullable StartHook hook(String container) {
    return hooks.get(container);
  }

  /** Why a container has to end; null where it may go on. */
  @Nullable Cause failure(ContainerView view) {
    Container current = view.current();
    if (current == null || !current.running()) {
      return null;
    }
    StartHook hook = hooks.get(view.name());
    if (hook != null) {
      return hook.problem() == null ? null : Cause.HOOK;
    }
    ProbeKind failed = probes.of(current.id()).failed();
    return failed == null ? null : failed == ProbeKind.STARTUP ? Cause.STARTUP : Cause.LIVENESS;
  }

  /** Whether one that ended starts again whatever its exit code: its end was wanted. */
  boolean startsAgain(Container ended) {
    return again.contains(ended.id());
  }

  /** Begins to end one, and does not wait for it: the rest of the pod goes on. */
  void kill(PodContext context, ContainerView view, Cause cause) {
    Container old = view.current();
    if (old == null || kills.containsKey(old.id())) {
      return;
    }
    boolean restarts =
        cause == Cause.DEFINITION
            || !RestartPolicy.of(context.spec(), view.spec(), view.init()).equals("Never");
    if (cause == Cause.HOOK) {
      told.warning(view, "FailedPostStartHook", "PostStartHook failed");
    } else if (restarts) {
      again.add(old.id());
    }
    Duration own = probes.of(old.id()).grace();
    Duration pods =
        Duration.ofSeconds(context.spec().path("terminationGracePeriodSeconds").asLong(30));
    kills.put(
        old.id(),
        new ContainerStop(
            services.hooks(),
            told,
            view,
            old,
            target(context, old.id()),
            cause.message(view.name(), view.init(), restarts),
            new Deadline(own != null && cause != Cause.DEFINITION ? own : pods),
            List.of()));
  }

  /** Begins to stop all of the pod, for good; once. */
  PodStop stop(PodContext context, List<ContainerView> views, Duration grace) {
    if (stopping != null) {
      return stopping;
    }
    hooks.values().forEach(StartHook::close);
    Set<String> mains = new HashSet<>();
    for (ContainerView view : views) {
      if (!view.init() && view.current() != null) {
        mains.add(view.current().id());
      }
    }
    probes.stopping(mains);
    PodStop stop = new PodStop(runtime, services.hooks(), told);
    stop.start(views, kills.values(), address(context), grace);
    stopping = stop;
    return stop;
  }

  /** Lets go: hooks are dropped, containers go on as they are. */
  @Override
  public void close() {
    probes.close();
    hooks.values().forEach(StartHook::close);
    kills.values().forEach(ContainerStop::close);
    if (stopping != null) {
      stopping.close();
    }
  }
}
