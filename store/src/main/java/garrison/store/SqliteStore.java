package garrison.store;

import java.nio.file.Path;

/**
 * The embedded store: one SQLite file (write-ahead log, {@code synchronous=FULL}, so every
 * acknowledged write survives power loss), with all live values in memory as well. Many writers
 * share one fsync.
 */
public final class SqliteStore {
  private SqliteStore() {}

  /**
   * Opens the file, made with mode 0600 where it is missing, and reads it into memory.
   *
   * @throws StoreException when it is corrupt, foreign, unreadable or held by another process; the
   *     message is one sentence that says what to do
   */
  public static Store open(Path file) {
    SqliteJournal journal = SqliteJournal.open(file);
    try {
      return new LogStore(journal, file.toString());
    } catch (RuntimeException e) {
      journal.close();
      throw e;
    }
  }
}
