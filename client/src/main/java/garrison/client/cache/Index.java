package garrison.client.cache;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Finds the objects of a {@link Cache} by something they have, such as a node's name. A look-up
 * costs what it returns. Thread-safe; a reader may see a change slightly before or after the cache
 * itself shows it, never later than the handlers.
 */
public final class Index<T> {
  private final Function<? super T, ? extends Collection<String>> keysOf;
  private final Map<String, Map<ObjectKey, T>> entries = new ConcurrentHashMap<>();

  Index(Function<? super T, ? extends Collection<String>> keysOf) {
    this.keysOf = keysOf;
  }

  /** The objects under a key, in no order; empty where there are none. */
  public List<T> get(String key) {
    Map<ObjectKey, T> found = entries.get(key);
    return found == null ? List.of() : List.copyOf(found.values());
  }

  /** How many objects stand under a key. */
  public int count(String key) {
    Map<ObjectKey, T> found = entries.get(key);
    return found == null ? 0 : found.size();
  }

  /** The keys that have objects at this moment. */
  public Set<String> keys() {
    return Set.copyOf(entries.keySet());
  }

  void put(ObjectKey object, T value) {
    for (String key : keysOf.apply(value)) {
      entries.compute(
          key,
          (ignored, present) -> {
            Map<ObjectKey, T> objects = present == null ? new ConcurrentHashMap<>() : present;
            objects.put(object, value);
            return objects;
          });
    }
  }

  void replace(ObjectKey object, T old, T now) {
    Collection<String> keep = keysOf.apply(now);
    for (String key : keysOf.apply(old)) {
      if (!keep.contains(key)) {
        remove(key, object);
      }
    }
    put(object, now);
  }

  void remove(ObjectKey object, T value) {
    for (String key : keysOf.apply(value)) {
      remove(key, object);
    }
  }

  private void remove(String key, ObjectKey object) {
    entries.computeIfPresent(
        key,
        (ignored, objects) -> {
          objects.remove(object);
          return objects.isEmpty() ? null : objects;
        });
  }
}
