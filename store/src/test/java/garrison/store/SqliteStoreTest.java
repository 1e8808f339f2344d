package garrison.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a file keeps the contract, and its file survives what files meet. */
class SqliteStoreTest extends StoreContract {
  @TempDir Path folder;

  @Override
  Store open() {
    return SqliteStore.open(folder.resolve("garrison.db"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void everythingIsThereAfterARestart() {
    Path file = folder.resolve("again.db");
    try (Store store = SqliteStore.open(file)) {
      store.put("/a", bytes("1"), Store.ABSENT);
      store.put("/a", bytes("2"), 1);
      store.put("/b", bytes("1"), Store.ABSENT);
      store.delete("/b", bytes("1"), 3);
      store.put("/c", bytes("1"), Store.ABSENT);
      store.compact(1);
    }
    try (Store store = SqliteStore.open(file)) {
      assertThat(store.revision()).isEqualTo(5);
      assertThat(store.compactedRevision()).isEqualTo(1);
      assertThat(store.get("/a").createRevision()).isEqualTo(1);
      assertThat(store.get("/a").modRevision()).isEqualTo(2);
      assertThat(store.get("/b")).isNull();
      assertThat(store.list("", 3, 0, "").entries())
          .extracting(Store.Entry::key)
          .containsExactly("/a", "/b");
      assertThat(store.put("/d", bytes("1"), Store.ABSENT)).isEqualTo(6);
    }
  }

  @Test
  void aStoreThatIsAllCompactedKeepsItsRevision() {
    Path file = folder.resolve("compact.db");
    try (Store store = SqliteStore.open(file)) {
      store.put("/a", bytes("1"), Store.ABSENT);
      store.put("/a", bytes("2"), 1);
      store.delete("/a", bytes("2"), 2);
      store.compact(3);
    }
    try (Store store = SqliteStore.open(file)) {
      assertThat(store.revision()).isEqualTo(3);
      assertThat(store.put("/a", bytes("3"), Store.ABSENT)).isEqualTo(4);
      store.compact(4);
    }
    try (Store store = SqliteStore.open(file)) {
      assertThat(store.get("/a").createRevision()).isEqualTo(4);
      assertThat(store.revision()).isEqualTo(4);
    }
  }

  @Test
  void theFileIsForItsOwnerOnly() throws IOException {
    assertThat(Files.getPosixFilePermissions(folder.resolve("garrison.db")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aSecondServerIsToldToStop() {
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is held by another process");
  }

  @Test
  void aFileOfAnotherProgramIsLeftAlone() throws Exception {
    Path file = folder.resolve("foreign.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE mine(x)");
    }
    byte[] before = Files.readAllBytes(file);
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("another program");
    assertThat(Files.readAllBytes(file).length).isEqualTo(before.length);
  }

  @Test
  void aFileThatIsNoDatabaseIsLeftAlone() throws IOException {
    Path file = folder.resolve("text.db");
    Files.writeString(file, "this is not a database, it is a letter to my grandmother".repeat(20));
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is not a store of Garrison");
  }

  @Test
  void aDamagedFileIsNotServed() throws IOException {
    Path file = folder.resolve("damaged.db");
    try (Store store = SqliteStore.open(file)) {
      for (int i = 0; i < 500; i++) {
        store.put("/k/" + i, bytes("x".repeat(500)), Store.ABSENT);
      }
    }
    byte[] content = Files.readAllBytes(file);
    java.util.Arrays.fill(content, 8192, 40960, (byte) 0x5a);
    Files.write(file, content);
    assertThatThrownBy(() -> SqliteStore.open(file))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is corrupt");
  }

  /** Another JVM writes and is killed with SIGKILL; every write that it printed is there. */
  @Test
  void noAcknowledgedWriteIsLostByKill9() throws Exception {
    Path file = folder.resolve("killed.db");
    for (int round = 0; round < 3; round++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      long last = 0;
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(writer.getInputStream(), UTF_8))) {
        for (int i = 0; i < 400; i++) {
          last = Math.max(last, Long.parseLong(lines.readLine()));
        }
        writer.toHandle().destroyForcibly();
        for (String line = lines.readLine();
            line != null && !line.isEmpty();
            line = lines.readLine()) {
          // The last line may be cut: a shorter number is an older revision, and as true.
          last = Math.max(last, Long.parseLong(line));
        }
      }
      writer.waitFor();
      try (Store store = SqliteStore.open(file)) {
        assertThat(store.revision()).isGreaterThanOrEqualTo(last);
        List<Store.Entry> entries = store.list("", 0, 0, "").entries();
        for (long revision = 1; revision <= last; revision++) {
          assertThat(store.get("/" + revision)).isNotNull();
        }
        assertThat(entries).hasSize((int) store.revision());
      }
    }
  }

  /** Writes from eight threads until it is killed, printing each revision once it is durable. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws InterruptedException {
      Store store = SqliteStore.open(Path.of(arguments[0]));
      Object turn = new Object();
      for (int t = 0; t < 8; t++) {
        Thread.ofPlatform()
            .start(
                () -> {
                  while (true) {
                    synchronized (turn) {
                      long next = store.revision() + 1;
                      System.out.println(store.put("/" + next, bytes("v" + next), Store.ABSENT));
                    }
                  }
                });
      }
      Thread.currentThread().join();
    }
  }
}
