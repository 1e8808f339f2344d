package garrison.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Every key with its versions, newest first, in memory. One thread applies and compacts; any number
 * read at a revision without a lock, and see exactly what was true then, for as long as that
 * revision is not compacted.
 */
final class Versions {
  private final ConcurrentNavigableMap<String, Version> newest =
      new ConcurrentSkipListMap<>(KeyOrder.INSTANCE);

  /** One state of one key. Only {@code older} changes, and only to null, by compaction. */
  private static final class Version {
    final Store.Entry entry;
    final boolean deleted;
    volatile @Nullable Version older;

    Version(Store.Entry entry, boolean deleted, @Nullable Version older) {
      this.entry = entry;
      this.deleted = deleted;
      this.older = older;
    }
  }

  /** The live entry as of the last applied change, null where there is none. */
  Store.@Nullable Entry get(String key) {
    Version version = newest.get(key);
    return version == null || version.deleted ? null : version.entry;
  }

  /** Makes a change visible to readers at its revision. */
  void apply(Store.Change change) {
    Store.Entry previous = change.previous();
    long created = previous == null ? change.revision() : previous.createRevision();
    Version older = newest.get(change.key());
    newest.put(
        change.key(),
        new Version(
            new Store.Entry(change.key(), change.value(), created, change.revision()),
            change.deleted(),
            older));
  }

  /** A page as of {@code revision}, which must not be compacted while this runs. */
  Store.Page list(String prefix, long revision, int limit, String after) {
    List<Store.Entry> entries = new ArrayList<>();
    long remaining = 0;
    boolean inside = KeyOrder.INSTANCE.compare(after, prefix) >= 0 && !after.isEmpty();
    var rest = newest.tailMap(inside ? after : prefix, !inside);
    for (var candidate : rest.entrySet()) {
      if (!candidate.getKey().startsWith(prefix)) {
        break;
      }
      Version version = candidate.getValue();
      while (version != null && version.entry.modRevision() > revision) {
        version = version.older;
      }
      if (version == null || version.deleted) {
        continue;
      }
      if (limit > 0 && entries.size() == limit) {
        remaining++;
      } else {
        entries.add(version.entry);
      }
    }
    return new Store.Page(entries, revision, remaining);
  }

  /**
   * Drops what of this change's key is older than the newest version at or before {@code revision}.
   * Called once for each change that leaves the log, so that compaction costs as much as the writes
   * it forgets, never as much as the store.
   *
   * @param dropped gets the revisions that no reader can need any more
   */
  void compact(Store.Change change, long revision, List<Long> dropped) {
    Version head = newest.get(change.key());
    if (head == null) {
      return;
    }
    Version kept = head;
    while (kept != null && kept.entry.modRevision() > revision) {
      kept = kept.older;
    }
    if (kept == null) {
      return;
    }
    for (Version old = kept.older; old != null; old = old.older) {
      dropped.add(old.entry.modRevision());
    }
    kept.older = null;
    if (kept.deleted) {
      dropped.add(kept.entry.modRevision());
      if (kept == head) {
        newest.remove(change.key(), kept);
      } else {
        for (Version above = head; above != null; above = above.older) {
          if (above.older == kept) {
            above.older = null;
          }
        }
      }
    }
  }
}
