package garrison.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The log in a SQLite file: table {@code log} has one row a revision, table {@code mark} the
 * compacted revision. The file is held exclusively for as long as it is open; its application id
 * tells it from other people's databases, its user version is the version of this format.
 */
final class SqliteJournal implements Journal {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteJournal.class);

  /** "GRSN", in the header of every file of ours. */
  private static final int APPLICATION_ID = 0x4752534e;

  private static final int FORMAT = 1;

  private final Path file;
  private final Connection connection;
  private final PreparedStatement insert;
  private final PreparedStatement remove;
  private final PreparedStatement mark;

  private SqliteJournal(Path file, Connection connection) throws SQLException {
    this.file = file;
    this.connection = connection;
    this.insert =
        connection.prepareStatement(
            "INSERT INTO log(revision, key, created, deleted, value) VALUES(?, ?, ?, ?, ?)");
    this.remove = connection.prepareStatement("DELETE FROM log WHERE revision = ?");
    this.mark = connection.prepareStatement("UPDATE mark SET compacted = ?");
  }

  static SqliteJournal open(Path file) {
    createPrivately(file);
    Connection connection = null;
    try {
      SQLiteConfig config = new SQLiteConfig();
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
      config.setBusyTimeout(0);
      connection = config.createConnection("jdbc:sqlite:" + file);
      prepare(file, connection);
      return new SqliteJournal(file, connection);
    } catch (SQLException e) {
      closeQuietly(connection, e);
      throw explain(file, e);
    } catch (StoreException e) {
      closeQuietly(connection, e);
      throw e;
    }
  }

  private static void createPrivately(Path file) {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      LOG.trace("{} is there already", file);
    } catch (IOException e) {
      throw new StoreException(
          file + " cannot be created: make its folder writable, or name another one", e);
    }
  }

  private static void prepare(Path file, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int application = number(statement, "PRAGMA application_id");
      int format = number(statement, "PRAGMA user_version");
      int tables = number(statement, "SELECT count(*) FROM sqlite_schema");
      if (application == 0 && tables == 0) {
        connection.setAutoCommit(false);
        statement.execute("PRAGMA application_id = " + APPLICATION_ID);
        statement.execute("PRAGMA user_version = " + FORMAT);
        statement.execute(
            "CREATE TABLE log(revision INTEGER PRIMARY KEY, key TEXT NOT NULL,"
                + " created INTEGER NOT NULL, deleted INTEGER NOT NULL, value BLOB NOT NULL)");
        statement.execute("CREATE TABLE mark(compacted INTEGER NOT NULL)");
        statement.execute("INSERT INTO mark VALUES(0)");
        connection.commit();
      } else if (application != APPLICATION_ID) {
        throw new StoreException(
            file + " is a database of another program: move it away, or name another folder");
      } else if (format != FORMAT) {
        throw new StoreException(
            file
                + " has format "
                + format
                + ", this version of Garrison reads format "
                + FORMAT
                + ": start the version that wrote it");
      } else {
        connection.setAutoCommit(false);
        // Takes the lock now, so that a second server stops here and not at its first write.
        statement.execute("UPDATE mark SET compacted = compacted");
        connection.commit();
      }
    }
  }

  private static int number(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getInt(1) : 0;
    }
  }

  @Override
  public long replay(Consumer<Store.Change> reader) {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT revision, key, created, deleted, value FROM log ORDER BY revision")) {
        while (rows.next()) {
          long revision = rows.getLong(1);
          long created = rows.getLong(3);
          byte[] value = rows.getBytes(5);
          Store.Entry previous =
              created == revision
                  ? null
                  : new Store.Entry(rows.getString(2), value, created, created);
          reader.accept(
              new Store.Change(revision, rows.getString(2), value, previous, rows.getInt(4) != 0));
        }
      }
      return number(statement, "SELECT compacted FROM mark");
    } catch (SQLException e) {
      throw explain(file, e);
    }
  }

  @Override
  public void append(List<Store.Change> changes) {
    try {
      for (Store.Change change : changes) {
        insert.setLong(1, change.revision());
        insert.setString(2, change.key());
        Store.Entry previous = change.previous();
        insert.setLong(3, previous == null ? change.revision() : previous.createRevision());
        insert.setInt(4, change.deleted() ? 1 : 0);
        insert.setBytes(5, change.value());
        insert.executeUpdate();
      }
      connection.commit();
    } catch (SQLException e) {
      rollBack(e);
      throw explain(file, e);
    }
  }

  @Override
  public void drop(List<Long> revisions, long compacted) {
    try {
      for (long revision : revisions) {
        remove.setLong(1, revision);
        remove.executeUpdate();
      }
      mark.setLong(1, compacted);
      mark.executeUpdate();
      connection.commit();
    } catch (SQLException e) {
      rollBack(e);
      throw explain(file, e);
    }
  }

  private void rollBack(SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try (connection) {
      insert.close();
      remove.close();
      mark.close();
    } catch (SQLException e) {
      LOG.warn("{} was not closed cleanly; nothing that was acknowledged is lost", file, e);
    }
  }

  private static void closeQuietly(@Nullable Connection connection, Exception cause) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private static StoreException explain(Path file, SQLException e) {
    SQLiteErrorCode code =
        e instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.UNKNOWN_ERROR;
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new StoreException(
              file
                  + " is held by another process: stop the server that uses it, or name another"
                  + " folder",
              e);
      case SQLITE_NOTADB ->
          new StoreException(
              file + " is not a store of Garrison: move it away, or name another folder", e);
      case SQLITE_CORRUPT ->
          new StoreException(
              file + " is corrupt: put a backup in its place, or move it away to start empty", e);
      case SQLITE_FULL ->
          new StoreException(file + " cannot grow, the disk is full: free some space", e);
      case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
          new StoreException(
              file + " cannot be opened for writing: check the rights of the file and its folder",
              e);
      default -> new StoreException(file + ": " + e.getMessage(), e);
    };
  }
}
