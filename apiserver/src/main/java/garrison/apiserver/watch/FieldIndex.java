package garrison.apiserver.watch;

import garrison.model.kind.Kind;
import garrison.model.selector.FieldSelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keys of objects by the value of the fields by which fleets ask: each node asks for its own pods,
 * and each {@code kubectl describe} for the events of one object. Guarded by the lock of its {@link
 * KindCache}.
 */
final class FieldIndex {
  private static final List<String> WORTH_IT = List.of("spec.nodeName", "involvedObject.uid");

  private final List<String> fields;
  private final Map<String, NavigableSet<String>> keys = new HashMap<>();

  FieldIndex(Kind kind) {
    fields = WORTH_IT.stream().filter(kind.selectableFields()::contains).toList();
  }

  void replace(@Nullable Stored before, @Nullable Stored after) {
    for (String field : fields) {
      String old = before == null ? "" : term(before, field);
      String now = after == null ? "" : term(after, field);
      if (old.equals(now)) {
        continue;
      }
      if (before != null) {
        NavigableSet<String> those = keys.get(old);
        if (those != null && those.remove(before.key()) && those.isEmpty()) {
          keys.remove(old);
        }
      }
      if (after != null) {
        keys.computeIfAbsent(now, any -> new TreeSet<>()).add(after.key());
      }
    }
  }

  /** The keys that can match, in order; null where the index does not help. */
  @Nullable NavigableSet<String> candidates(Selection selection) {
    for (String field : fields) {
      String value = selection.fields().exact(field);
      if (value != null && selection.kind().storedAs() == null) {
        return keys.getOrDefault(field + "=" + value, new TreeSet<>());
      }
    }
    return null;
  }

  private static String term(Stored state, String field) {
    return field + "=" + FieldSelector.valueAt(state.document(), field);
  }
}
