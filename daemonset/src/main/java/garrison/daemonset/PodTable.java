package garrison.daemonset;

import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a fleet with the numbers of their nodes, found by uid. A hash table of nothing but
 * two arrays, since a map's entries would take more memory than all else that a fleet keeps of a
 * node: 11 to 16 bytes for each pod. Finding, adding and removing cost O(1). Not thread-safe.
 */
final class PodTable extends AbstractCollection<DaemonPod> {
  /** The number of a pod that is for no node. */
  static final int NOWHERE = -1;

  private static final int LEAST = 8;

  /** Scatters hashes that differ only in their lower bits. */
  private static final int GOLDEN = 0x9e3779b9;

  private @Nullable DaemonPod[] pods = new DaemonPod[LEAST];
  private int[] nodes = new int[LEAST];
  private int size;

  @Override
  public int size() {
    return size;
  }

  /** The pod of that uid, null where there is none. */
  @Nullable DaemonPod get(String uid) {
    return pods[placeOf(uid)];
  }

  /** The number of the node that a pod is for; {@link #NOWHERE} where it is not known. */
  int nodeOf(String uid) {
    int place = placeOf(uid);
    return pods[place] == null ? NOWHERE : nodes[place];
  }

  /** Adds a pod for the node of that number, in the place of another one of the same uid. */
  void put(DaemonPod pod, int node) {
    int place = placeOf(pod.uid());
    if (pods[place] == null) {
      if (4 * (size + 1) > 3 * pods.length) {
        grow();
        place = placeOf(pod.uid());
      }
      size++;
    }
    pods[place] = pod;
    nodes[place] = node;
  }

  /** Removes the pod of that uid, where it is there. */
  void remove(String uid) {
    int hole = placeOf(uid);
    if (pods[hole] != null) {
      close(hole);
      size--;
    }
  }

  /** Moves later pods up, so that no search ends at a hole before it comes to its pod. */
  private void close(int start) {
    int hole = start;
    int place = next(hole);
    for (DaemonPod pod = pods[place]; pod != null; pod = pods[place]) {
      int home = home(pod.uid());
      boolean mayMove = hole <= place ? home <= hole || home > place : home <= hole && home > place;
      if (mayMove) {
        pods[hole] = pod;
        nodes[hole] = nodes[place];
        hole = place;
      }
      place = next(place);
    }
    pods[hole] = null;
  }

  /** Where the pod of that uid is, or would be put. */
  private int placeOf(String uid) {
    int place = home(uid);
    for (DaemonPod pod = pods[place]; pod != null; pod = pods[place]) {
      if (pod.uid().equals(uid)) {
        break;
      }
      place = next(place);
    }
    return place;
  }

  private int home(String uid) {
    long scattered = Integer.toUnsignedLong(uid.hashCode() * GOLDEN);
    return (int) (scattered * pods.length >>> Integer.SIZE);
  }

  private int next(int place) {
    return place + 1 == pods.length ? 0 : place + 1;
  }

  private void grow() {
    @Nullable DaemonPod[] oldPods = pods;
    int[] oldNodes = nodes;
    pods = new DaemonPod[oldPods.length + oldPods.length / 2];
    nodes = new int[pods.length];
    for (int i = 0; i < oldPods.length; i++) {
      DaemonPod pod = oldPods[i];
      if (pod != null) {
        int place = placeOf(pod.uid());
        pods[place] = pod;
        nodes[place] = oldNodes[i];
      }
    }
  }

  @Override
  public Iterator<DaemonPod> iterator() {
    return new Iterator<>() {
      private int place = -1;
      private @Nullable DaemonPod next = search();

      private @Nullable DaemonPod search() {
        while (++place < pods.length) {
          if (pods[place] != null) {
            return pods[place];
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
