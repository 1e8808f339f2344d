package garrison.daemonset;

import garrison.model.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that exist, shared by the fleets of all DaemonSets. Change it first, then tell all
 * fleets, before the next change.
 *
 * <p>Each name has a small number, by which the fleets keep what they know of that node. It has the
 * same one as long as the node exists or a fleet holds it (pods may be meant for a node that is
 * gone); after that the number is given to another name. So the numbers stay below the most names
 * there ever were at a time. Not thread-safe.
 */
public final class NodeTable {
  private final Map<String, Place> places = new HashMap<>();
  private final List<Place> byNumber = new ArrayList<>();
  private final ArrayDeque<Place> abandoned = new ArrayDeque<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  private static final class Place {
    final String name;
    final int number;
    @Nullable Node node;

    /** How many fleets know something of it that does not come from this table. */
    int holders;

    Place(String name, int number) {
      this.name = name;
      this.number = number;
    }

    boolean abandoned() {
      return node == null && holders == 0;
    }
  }

  /**
   * A node that is there, new or changed.
   *
   * @return whether any DaemonSet could care: it is new, or its labels or taints differ
   */
  public boolean put(Node node) {
    Place place = byNumber.get(numberOf(node.name()));
    Node before = place.node;
    place.node = node;
    return before == null
        || !before.labels().equals(node.labels())
        || !before.taints().equals(node.taints());
  }

  /** A node that is gone; whether it was there. */
  public boolean remove(String name) {
    Place place = places.get(name);
    if (place == null || place.node == null) {
      return false;
    }
    place.node = null;
    giveUp(place);
    return true;
  }

  /** The node of that name, null where there is none. */
  public @Nullable Node get(String name) {
    Place place = places.get(name);
    return place == null ? null : place.node;
  }

  /** All nodes, in the order of their numbers. */
  public Collection<Node> all() {
    return byNumber.stream().map(place -> place.node).filter(Objects::nonNull).toList();
  }

  /** All numbers are below this one. */
  int limit() {
    return byNumber.size();
  }

  /** The number of a name; one that has none gets one, to be held before the next name comes. */
  int numberOf(String name) {
    Place known = places.get(name);
    if (known != null) {
      return known.number;
    }
    freeWhatIsAbandoned();
    Integer freed = free.poll();
    Place place = new Place(name, freed == null ? byNumber.size() : freed);
    if (freed == null) {
      byNumber.add(place);
    } else {
      byNumber.set(freed, place);
    }
    places.put(name, place);
    abandoned.add(place); // unless it gets a node, or a holder
    return place.number;
  }

  /** The number of a name, negative where it has none. */
  int find(String name) {
    Place place = places.get(name);
    return place == null ? -1 : place.number;
  }

  /** The name that has that number. */
  String name(int number) {
    return byNumber.get(number).name;
  }

  /** The node that has that number; null where it is gone. */
  @Nullable Node node(int number) {
    return byNumber.get(number).node;
  }

  /** A fleet needs the number though the node may go. */
  void hold(int number) {
    byNumber.get(number).holders++;
  }

  /** The fleet needs it no more. */
  void release(int number) {
    Place place = byNumber.get(number);
    place.holders--;
    giveUp(place);
  }

  private void giveUp(Place place) {
    if (place.abandoned()) {
      abandoned.add(place);
    }
  }

  /** Not sooner than the next new name: by then all fleets were told what is gone. */
  private void freeWhatIsAbandoned() {
    for (Place place = abandoned.poll(); place != null; place = abandoned.poll()) {
      if (place.abandoned() && places.remove(place.name, place)) {
        free.add(place.number);
      }
    }
  }
}
