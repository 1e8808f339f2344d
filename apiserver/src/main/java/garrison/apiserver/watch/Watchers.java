package garrison.apiserver.watch;

import garrison.model.selector.FieldSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The watches of one kind, found by what they ask for: a change costs what the watches concerned
 * cost, not what all do. Each watch lies under the narrowest thing it names: one object's name, one
 * value of a field such as {@code spec.nodeName}, a namespace, or nothing. Guarded by the lock of
 * its {@link KindCache}.
 */
final class Watchers {
  private static final String NAME = "metadata.name";
  private static final String NAMESPACE = "metadata.namespace";

  private final Map<String, Set<WatchStream>> byTerm = new HashMap<>();

  /** Fields by which at least one watch selects, with how many do. */
  private final Map<String, Integer> fields = new HashMap<>();

  void add(WatchStream watch) {
    byTerm.computeIfAbsent(term(watch.selection()), any -> new LinkedHashSet<>()).add(watch);
    String field = field(watch.selection());
    if (field != null) {
      fields.merge(field, 1, Integer::sum);
    }
  }

  void remove(WatchStream watch) {
    String term = term(watch.selection());
    Set<WatchStream> those = byTerm.get(term);
    if (those == null || !those.remove(watch)) {
      return;
    }
    if (those.isEmpty()) {
      byTerm.remove(term);
    }
    String field = field(watch.selection());
    if (field != null) {
      fields.computeIfPresent(field, (any, count) -> count == 1 ? null : count - 1);
    }
  }

  int size() {
    int size = 0;
    for (Set<WatchStream> those : byTerm.values()) {
      size += those.size();
    }
    return size;
  }

  List<WatchStream> all() {
    List<WatchStream> all = new ArrayList<>();
    byTerm.values().forEach(all::addAll);
    return all;
  }

  /** Tells every watch that may be concerned. */
  void dispatch(Change change, Encoder encoder) {
    if (byTerm.isEmpty()) {
      return;
    }
    Transition transition = new Transition(change, encoder);
    offer("", transition, change);
    String key = change.key();
    int slash = key.lastIndexOf('/');
    offer(NAME + "=" + key.substring(slash + 1), transition, change);
    int before = key.lastIndexOf('/', slash - 1);
    offer(NAMESPACE + "=" + key.substring(before + 1, slash), transition, change);
    for (String field : fields.keySet()) {
      String old = value(change.before(), field);
      String now = value(change.after(), field);
      if (old != null) {
        offer(field + "=" + old, transition, change);
      }
      if (now != null && !now.equals(old)) {
        offer(field + "=" + now, transition, change);
      }
    }
  }

  private void offer(String term, Transition transition, Change change) {
    Set<WatchStream> those = byTerm.get(term);
    if (those == null) {
      return;
    }
    List<WatchStream> slow = null;
    for (WatchStream watch : those) {
      Event event = watch.wants(change.revision()) ? transition.eventFor(watch.selection()) : null;
      if (event != null && !watch.offer(event, change.revision())) {
        slow = slow == null ? new ArrayList<>() : slow;
        slow.add(watch);
      }
    }
    if (slow != null) {
      slow.forEach(this::remove);
    }
  }

  private static @Nullable String value(@Nullable Stored state, String field) {
    return state == null ? null : FieldSelector.valueAt(state.document(), field);
  }

  private static String term(Selection selection) {
    String name = selection.fields().exact(NAME);
    if (name != null) {
      return NAME + "=" + name;
    }
    String field = field(selection);
    if (field != null) {
      return field + "=" + selection.fields().exact(field);
    }
    return selection.namespace().isEmpty() ? "" : NAMESPACE + "=" + selection.namespace();
  }

  /**
   * The field under which a watch lies, null where it lies under something else. A watch that sees
   * the objects as another kind than they are stored as names fields that the stored form lacks.
   */
  private static @Nullable String field(Selection selection) {
    if (selection.kind().storedAs() != null || selection.fields().exact(NAME) != null) {
      return null;
    }
    for (FieldSelector.Term term : selection.fields().terms()) {
      if (term.equal() && !term.path().equals(NAMESPACE)) {
        return term.path();
      }
    }
    return null;
  }
}
