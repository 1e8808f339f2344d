package garrison.agent.pod;

import garrison.agent.hook.Hooks;
import garrison.agent.probe.Target;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Runtime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stops the containers of one pod (spec: node-agent 3.8): all at once, but a sidecar only after the
 * main containers and the sidecars that came after it. A shorter grace cuts what is under way.
 * Closing it leaves the stops as the runtime knows them.
 */
final class PodStop implements AutoCloseable {
  private final Runtime runtime;
  private final Hooks hooks;
  private final Told told;
  private final List<ContainerStop> stops = new ArrayList<>();

  PodStop(Runtime runtime, Hooks hooks, Told told) {
    this.runtime = runtime;
    this.hooks = hooks;
    this.told = told;
  }

  /**
   * Begins.
   *
   * @param views all containers, init containers first, in the order of the spec; a sidecar waits
   *     for those after it, and for no one's debugging
   * @param begun those that are on their way out already
   * @param address of the pod, for hooks that name none
   */
  void start(
      List<ContainerView> views, Collection<ContainerStop> begun, String address, Duration grace) {
    Map<String, ContainerStop> byId = new HashMap<>();
    begun.forEach(stop -> byId.put(stop.id(), stop));
    for (ContainerView view : views) {
      if (!view.sidecar() && view.role() != ContainerRole.EPHEMERAL) {
        start(view, byId, address, grace, List.of());
      }
    }
    for (ContainerView view : views.reversed()) {
      if (view.sidecar()) {
        start(view, byId, address, grace, List.copyOf(stops));
      }
    }
    for (ContainerView view : views) {
      if (view.role() == ContainerRole.EPHEMERAL) {
        start(view, byId, address, grace, List.of());
      }
    }
  }

  private void start(
      ContainerView view,
      Map<String, ContainerStop> begun,
      String address,
      Duration grace,
      List<ContainerStop> first) {
    Container container = view.current();
    if (container == null || !container.running()) {
      return;
    }
    ContainerStop stop = begun.get(container.id());
    if (stop == null || stop.done()) {
      stop =
          new ContainerStop(
              hooks,
              told,
              view,
              container,
              new Target(runtime, container.id(), address),
              "Stopping container " + view.name(),
              new Deadline(grace),
              first);
    } else {
      stop.hurry(grace);
    }
    stops.add(stop);
  }

  /** They get only so long from now; a longer grace than what is left changes nothing. */
  void hurry(Duration grace) {
    stops.forEach(stop -> stop.hurry(grace));
  }

  /** Whether all of it is over. */
  boolean done() {
    return stops.stream().allMatch(ContainerStop::done);
  }

  @Override
  public void close() {
    stops.forEach(ContainerStop::close);
  }
}
