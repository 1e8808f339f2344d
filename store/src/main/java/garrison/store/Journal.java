package garrison.store;

import java.util.List;
import java.util.function.Consumer;

/** Where a {@link LogStore} keeps its changes for good. Used by one thread at a time. */
interface Journal extends AutoCloseable {
  /** Keeps nothing: a store that lives in memory only. */
  Journal NONE =
      new Journal() {
        @Override
        public long replay(Consumer<Store.Change> reader) {
          return 0;
        }

        @Override
        public void append(List<Store.Change> changes) {}

        @Override
        public void drop(List<Long> revisions, long compacted) {}

        @Override
        public void close() {}
      };

  /**
   * Reads everything back, in the order of revisions; {@code previous} of each is null.
   *
   * @return the compacted revision, 0 where nothing was ever compacted
   */
  long replay(Consumer<Store.Change> reader);

  /**
   * Makes all of these durable, or none.
   *
   * @throws StoreException when it could not; then none of them is kept
   */
  void append(List<Store.Change> changes);

  /** Forgets these revisions, and remembers up to where the log is compacted. */
  void drop(List<Long> revisions, long compacted);

  @Override
  void close();
}
