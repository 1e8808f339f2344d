package garrison.cli.explain;

import garrison.control.binding.NodeFit;
import garrison.control.binding.Verdict;
import garrison.daemonset.explain.Obstacle;
import garrison.model.HostPort;
import garrison.model.Node;
import garrison.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the way of a pod on its node: the binding filters' verdict, with figures. Pure.
 */
final class Room {
  private static final int MOST_TAKERS = 3;
  private static final String INSUFFICIENT = "Insufficient ";

  private final Pod pod;
  private final Node node;
  private final List<Pod> there;

  private Room(Pod pod, Node node, List<Pod> there) {
    this.pod = pod;
    this.node = node;
    this.there = there.stream().filter(other -> !other.terminal()).toList();
  }

  /** The obstacles; none where it fits. */
  static List<Obstacle> of(Pod pod, Node node, List<Pod> there) {
    return new Room(pod, node, there).obstacles();
  }

  private List<Obstacle> obstacles() {
    if (!(NodeFit.of(pod, node, there) instanceof Verdict.Rejected rejected)) {
      return List.of();
    }
    List<Obstacle> obstacles = new ArrayList<>();
    for (String reason : rejected.reasons()) {
      Obstacle port = reason.contains("free ports") ? port() : null;
      if (reason.startsWith(INSUFFICIENT)) {
        obstacles.add(shortage(reason.substring(INSUFFICIENT.length())));
      } else if (reason.equals("Too many pods")) {
        obstacles.add(new Obstacle.TooManyPods(node.allocatable().pods()));
      } else {
        obstacles.add(port == null ? new Obstacle.Other(reason) : port);
      }
    }
    return obstacles;
  }

  private Obstacle shortage(String resource) {
    long whole = node.allocatable().amount(resource);
    long taken = 0;
    List<Obstacle.Taker> takers = new ArrayList<>();
    for (Pod other : there) {
      long amount = other.requests().amount(resource);
      taken += amount;
      if (amount > 0) {
        takers.add(taker(other, amount));
      }
    }
    takers.sort(Comparator.comparingLong(Obstacle.Taker::amount).reversed());
    return new Obstacle.Shortage(
        resource,
        pod.requests().amount(resource),
        whole - taken,
        whole,
        List.copyOf(takers.subList(0, Math.min(MOST_TAKERS, takers.size()))));
  }

  private @Nullable Obstacle port() {
    for (HostPort wanted : pod.hostPorts()) {
      for (Pod other : there) {
        if (other.hostPorts().stream().anyMatch(wanted::conflictsWith)) {
          return new Obstacle.PortTaken(wanted, taker(other, 0));
        }
      }
    }
    return null;
  }

  private static Obstacle.Taker taker(Pod pod, long amount) {
    return new Obstacle.Taker(pod.namespace(), pod.name(), amount);
  }
}
