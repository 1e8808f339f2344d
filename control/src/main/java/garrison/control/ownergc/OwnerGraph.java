package garrison.control.ownergc;

import garrison.model.OwnerReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns whom, by uid; owners may be missing. A change costs what the object's own references
 * cost. Thread-safe.
 */
final class OwnerGraph {
  private final Map<String, Item> items = new HashMap<>();
  private final Map<String, Set<String>> dependents = new HashMap<>();

  synchronized void put(Item item) {
    Item before = items.put(item.uid(), item);
    if (before != null && !before.meta().ownerReferences().equals(item.meta().ownerReferences())) {
      unlink(before);
    }
    for (OwnerReference owner : item.meta().ownerReferences()) {
      dependents.computeIfAbsent(owner.uid(), ignored -> new HashSet<>()).add(item.uid());
    }
  }

  synchronized void remove(Item item) {
    Item before = items.remove(item.uid());
    if (before != null) {
      unlink(before);
    }
  }

  synchronized @Nullable Item get(String uid) {
    return items.get(uid);
  }

  /** The objects that name this uid as an owner. */
  synchronized List<Item> dependents(String uid) {
    List<Item> found = new ArrayList<>();
    for (String dependent : dependents.getOrDefault(uid, Set.of())) {
      Item item = items.get(dependent);
      if (item != null) {
        found.add(item);
      }
    }
    return found;
  }

  private void unlink(Item item) {
    for (OwnerReference owner : item.meta().ownerReferences()) {
      Set<String> uids = dependents.get(owner.uid());
      if (uids != null && uids.remove(item.uid()) && uids.isEmpty()) {
        dependents.remove(owner.uid());
      }
    }
  }
}
