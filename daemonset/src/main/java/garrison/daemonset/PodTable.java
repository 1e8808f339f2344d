package garrison.daemonset;

import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a fleet, found by uid. A hash table of nothing but references, since a map's entries
 * would take more memory than all else that a fleet keeps of a node: 5 to 8 bytes for each pod.
 * Finding, adding and removing cost O(1). Not thread-safe.
 */
final class PodTable extends AbstractCollection<DaemonPod> {
  private static final int LEAST = 8;

  /** Scatters hashes that differ only in their lower bits. */
  private static final int GOLDEN = 0x9e3779b9;

  private @Nullable DaemonPod[] places = new DaemonPod[LEAST];
  private int size;

  @Override
  public int size() {
    return size;
  }

  /** The pod of that uid, null where there is none. */
  @Nullable DaemonPod get(String uid) {
    return places[placeOf(uid)];
  }

  /** Adds a pod, in the place of another one of the same uid. */
  void put(DaemonPod pod) {
    int place = placeOf(pod.uid());
    if (places[place] == null && 4 * (size + 1) > 3 * places.length) {
      grow();
      place = placeOf(pod.uid());
    }
    if (places[place] == null) {
      size++;
    }
    places[place] = pod;
  }

  /** Removes the pod of that uid, and answers it; null where there is none. */
  @Nullable DaemonPod remove(String uid) {
    int hole = placeOf(uid);
    DaemonPod removed = places[hole];
    if (removed != null) {
      close(hole);
      size--;
    }
    return removed;
  }

  /** Moves later pods up, so that no search ends at a hole before it comes to its pod. */
  private void close(int start) {
    int hole = start;
    int place = next(hole);
    for (DaemonPod pod = places[place]; pod != null; pod = places[place]) {
      int home = home(pod.uid());
      boolean mayMove = hole <= place ? home <= hole || home > place : home <= hole && home > place;
      if (mayMove) {
        places[hole] = pod;
        hole = place;
      }
      place = next(place);
    }
    places[hole] = null;
  }

  /** Where the pod of that uid is, or would be put. */
  private int placeOf(String uid) {
    int place = home(uid);
    for (DaemonPod pod = places[place]; pod != null; pod = places[place]) {
      if (pod.uid().equals(uid)) {
        break;
      }
      place = next(place);
    }
    return place;
  }

  private int home(String uid) {
    long scattered = Integer.toUnsignedLong(uid.hashCode() * GOLDEN);
    return (int) (scattered * places.length >>> Integer.SIZE);
  }

  private int next(int place) {
    return place + 1 == places.length ? 0 : place + 1;
  }

  private void grow() {
    @Nullable DaemonPod[] old = places;
    places = new DaemonPod[old.length + old.length / 2];
    for (DaemonPod pod : old) {
      if (pod != null) {
        places[placeOf(pod.uid())] = pod;
      }
    }
  }

  @Override
  public Iterator<DaemonPod> iterator() {
    return new Iterator<>() {
      private int place = -1;
      private @Nullable DaemonPod next = search();

      private @Nullable DaemonPod search() {
        while (++place < places.length) {
          if (places[place] != null) {
            return places[place];
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public DaemonPod next() {
        DaemonPod found = next;
        if (found == null) {
          throw new NoSuchElementException();
        }
        next = search();
        return found;
      }
    };
  }
}
