package garrison.control.nodelifecycle;

import garrison.model.Node;
import java.util.HashMap;
import java.util.Map;

/**
 * How bad things are, zone by zone, and how fast nodes may be given up (spec: daemonset 9.3). Pure.
 */
final class Zones {
  private static final int FEWEST_LOST = 3;
  private final Map<String, Zone> zones = new HashMap<>();

  private static final class Zone {
    private int ready;
    private int lost;

    int size() {
      return ready + lost;
    }
  }

  /** The state of the fleet. */
  static Zones of(Iterable<Node> nodes) {
    Zones all = new Zones();
    for (Node node : nodes) {
      Zone zone = all.zones.computeIfAbsent(name(node), ignored -> new Zone());
      if (node.labels().containsKey("node.kubernetes.io/exclude-disruption")) {
        continue;
      }
      if (node.ready()) {
        zone.ready++;
      } else {
        zone.lost++;
      }
    }
    return all;
  }

  /** Region and zone; the same for all nodes that have neither. */
  static String name(Node node) {
    return node.labels().getOrDefault("topology.kubernetes.io/region", "")
        + ":"
        + node.labels().getOrDefault("topology.kubernetes.io/zone", "");
  }

  /** Whether no zone has a ready node: then the fault is more likely here than there. */
  boolean allDown() {
    boolean any = false;
    for (Zone zone : zones.values()) {
      if (zone.ready > 0) {
        return false;
      }
      any |= zone.lost > 0;
    }
    return any;
  }

  /** Nodes of the zone that may be tainted NoExecute each second. */
  double rate(String name, Limits limits) {
    Zone zone = zones.get(name);
    if (zone == null || allDown()) {
      return 0;
    }
    boolean down = zone.ready == 0 && zone.lost > 0;
    boolean disrupted =
        zone.lost >= FEWEST_LOST && (double) zone.lost / zone.size() >= limits.disruptedShare();
    if (down || !disrupted) {
      return limits.perSecond();
    }
    return zone.size() > limits.largeZone() ? limits.perSecondDisrupted() : 0;
  }
}
