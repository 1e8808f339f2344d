package garrison.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A revisioned log of bytes under string keys, as etcd has it. One revision is one write; revisions
 * start at 1 and grow by one with each. Knows nothing of what the bytes mean.
 *
 * <p>Writes block until they are durable: a write that returned survives {@code kill -9} and power
 * loss. Reads and lists at the present are served from memory. Thread-safe, meant for virtual
 * threads. Keys are compared bytewise as UTF-8. Byte arrays handed in or out are shared and must
 * not be changed.
 */
public interface Store extends AutoCloseable {
  /** {@code expected} of a write that must create. */
  long ABSENT = 0;

  /** {@code expected} of a write that does not mind what is there. */
  long ANY = -1;

  /** The revision of the last committed write, 0 for an empty store. */
  long revision();

  /** The oldest revision from which a watch or a list can still start. */
  long compactedRevision();

  /** The present value under a key, null where there is none. */
  @Nullable Entry get(String key);

  /**
   * Entries whose key starts with {@code prefix}, in key order.
   *
   * @param revision at which to look, 0 for the present
   * @param limit most entries, 0 for all
   * @param after only keys greater than this one, empty for all
   * @throws CompactedException when that revision is no longer kept
   */
  Page list(String prefix, long revision, int limit, String after);

  /**
   * Writes, if the key's present modification revision is {@code expected} (or {@link #ABSENT},
   * {@link #ANY}).
   *
   * @return the revision of the write
   * @throws RevisionMismatchException when it is not; nothing was written
   */
  long put(String key, byte[] value, long expected);

  /**
   * Removes, under the same condition; with {@link #ANY} a missing key is a mismatch too.
   *
   * @param lastValue what the deletion event shows as the last state
   * @return the revision of the deletion
   */
  long delete(String key, byte[] lastValue, long expected);

  /**
   * Calls the listener for every write to a key with this prefix whose revision is greater than
   * {@code after}, in order, nothing missed, nothing twice; each call after the write is durable.
   *
   * @throws CompactedException when {@code after} is older than what is kept
   */
  Subscription watch(String prefix, long after, Listener listener);

  /** Forgets what was overwritten or deleted before {@code revision}. */
  void compact(long revision);

  /** Ends watches and releases the file. Idempotent. */
  @Override
  void close();

  /**
   * A present value.
   *
   * @param key its key
   * @param value its bytes
   * @param createRevision of the write that created it
   * @param modRevision of the write that made it what it is
   */
  record Entry(String key, byte[] value, long createRevision, long modRevision) {}

  /**
   * A page of entries.
   *
   * @param entries in key order
   * @param revision at which they are true
   * @param remaining how many entries come after this page
   */
  record Page(List<Entry> entries, long revision, long remaining) {}

  /**
   * One committed write.
   *
   * @param revision of the write
   * @param key written
   * @param value the new bytes; of a deletion, the last state as given to {@link Store#delete}
   * @param previous the entry as it was before, null for a creation
   * @param deleted whether it was a deletion
   */
  record Change(
      long revision, String key, byte[] value, @Nullable Entry previous, boolean deleted) {}

  /** Takes changes, one call at a time, in the order of revisions. Must not block for long. */
  interface Listener {
    /** One committed write. */
    void changed(Change change);
  }

  /** A running watch of the log. */
  interface Subscription extends AutoCloseable {
    /** Ends it; no call comes after this returned. Idempotent. */
    @Override
    void close();
  }
}
