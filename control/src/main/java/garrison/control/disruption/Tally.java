package garrison.control.disruption;

import garrison.model.OwnerReference;
import garrison.model.Pod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pods that one budget covers, counted as they change. Each change costs the same however many
 * there are. Not thread-safe.
 */
final class Tally {
  private final Map<String, Member> members = new HashMap<>();
  private final Map<String, Owned> owners = new TreeMap<>();
  private int healthy;
  private int unmanaged;

  /** What counts of a pod; {@code present}: nobody has deleted it. */
  private record Member(boolean present, boolean ready, @Nullable OwnerReference controller) {
    static Member of(Pod pod) {
      return new Member(!pod.terminating(), pod.ready(), pod.meta().controller());
    }

    boolean healthy() {
      return present && ready;
    }
  }

  /** An owner, how many of the pods it has, and the name of the one that came last. */
  record Owned(OwnerReference owner, int pods, String last) {}

  /** A pod is covered, as it is now; whether that makes a difference. */
  boolean put(Pod pod) {
    Member now = Member.of(pod);
    Member before = members.put(pod.name(), now);
    if (now.equals(before)) {
      return false;
    }
    if (before != null) {
      subtract(before);
    }
    add(pod.name(), now);
    return true;
  }

  /** A pod is gone, or not covered any more; whether it was. */
  boolean remove(String name) {
    Member before = members.remove(name);
    if (before == null) {
      return false;
    }
    subtract(before);
    return true;
  }

  private void add(String name, Member member) {
    healthy += member.healthy() ? 1 : 0;
    OwnerReference controller = member.controller();
    if (controller == null) {
      unmanaged++;
    } else {
      owners.merge(
          controller.uid(),
          new Owned(controller, 1, name),
          (present, one) -> new Owned(present.owner(), present.pods() + 1, name));
    }
  }

  private void subtract(Member member) {
    healthy -= member.healthy() ? 1 : 0;
    OwnerReference controller = member.controller();
    if (controller == null) {
      unmanaged--;
    } else {
      owners.computeIfPresent(
          controller.uid(),
          (uid, owned) ->
              owned.pods() == 1 ? null : new Owned(owned.owner(), owned.pods() - 1, owned.last()));
    }
  }

  /** How many there are, deleted ones included. */
  int size() {
    return members.size();
  }

  /** How many are ready and not deleted. */
  int healthy() {
    return healthy;
  }

  /** How many nobody manages. */
  int unmanaged() {
    return unmanaged;
  }

  /** Who manages them, each owner once, in the order of uids. */
  List<Owned> owners() {
    return List.copyOf(owners.values());
  }

  /** Whether a pod of that name is covered and nobody has deleted it. */
  boolean isPresent(String name) {
    Member member = members.get(name);
    return member != null && member.present();
  }

  /** Whether that pod counts as healthy. */
  boolean isHealthy(String name) {
    Member member = members.get(name);
    return member != null && member.healthy();
  }
}
