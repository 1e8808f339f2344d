package garrison.apiserver;

import static org.awaitility.Awaitility.await;

import garrison.apiserver.auth.User;
import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.node.ObjectNode;

/**
 * Creations, updates and deletions of ConfigMaps by several writers at once, as many as are asked
 * for, and what really happened: that is read from the store, below the server.
 */
final class ConfigMapChanges implements AutoCloseable {
  /** What is created last, once all else has happened. */
  static final String LAST = "last";

  private static final int WRITERS = 4;
  private static final int OBJECTS_EACH = 10;

  private final String namespace;
  private final Cluster cluster;
  private final Semaphore wanted = new Semaphore(0);
  private final List<Seen> happened = new ArrayList<>();
  private final List<Thread> writers = new ArrayList<>();
  private int asked;

  private ConfigMapChanges(TestServer server, String namespace) {
    this.namespace = namespace;
    this.cluster = server.api().cluster(User.ADMIN);
    server
        .store()
        .watch(
            "/registry/core/configmaps/" + namespace + "/",
            0,
            change -> {
              synchronized (happened) {
                happened.add(Seen.of(change));
              }
            });
    for (int i = 0; i < WRITERS; i++) {
      int own = i;
      writers.add(Thread.ofVirtual().start(() -> write(own)));
    }
  }

  /** Writers for a namespace without ConfigMaps; they wait to be asked. */
  static ConfigMapChanges in(TestServer server, String namespace) {
    return new ConfigMapChanges(server, namespace);
  }

  private void write(int own) {
    Random random = new Random(own);
    Set<String> there = new HashSet<>();
    try {
      while (true) {
        wanted.acquire();
        change(random, there, own + "-" + random.nextInt(OBJECTS_EACH));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The test is over.
    }
  }

  private void change(Random random, Set<String> there, String name) {
    if (there.add(name)) {
      create(name);
    } else if (random.nextInt(4) == 0) {
      cluster.delete(Kinds.CONFIG_MAP, namespace, name, DeleteOptions.now(""));
      there.remove(name);
    } else {
      ObjectNode patch = Json.object();
      patch.putObject("data").put("k", Long.toString(random.nextLong()));
      cluster.patch(Kinds.CONFIG_MAP, namespace, name, PatchType.MERGE, patch, "");
    }
  }

  private void create(String name) {
    ObjectNode document = Json.object();
    document.putObject("metadata").put("name", name);
    cluster.create(Kinds.CONFIG_MAP, namespace, document);
  }

  /** Asks for so many more changes, and does not wait for them. */
  void ask(int more) {
    asked += more;
    wanted.release(more);
  }

  /** Waits until all that was asked for has happened, and then creates {@link #LAST}. */
  void finish() {
    await().until(() -> count() == asked);
    create(LAST);
    await().until(() -> count() == asked + 1);
  }

  private int count() {
    synchronized (happened) {
      return happened.size();
    }
  }

  /** All that happened after a version. */
  List<Seen> after(String version) {
    long revision = Long.parseLong(version);
    synchronized (happened) {
      return happened.stream().filter(seen -> seen.revision() > revision).toList();
    }
  }

  /** What was there at a version, by name; the value is the version of each. */
  Map<String, Long> at(String version) {
    long revision = Long.parseLong(version);
    Map<String, Long> there = new HashMap<>();
    synchronized (happened) {
      for (Seen seen : happened) {
        if (seen.revision() <= revision) {
          if (seen.type().equals("DELETED")) {
            there.remove(seen.name());
          } else {
            there.put(seen.name(), seen.revision());
          }
        }
      }
    }
    return there;
  }

  @Override
  public void close() throws InterruptedException {
    for (Thread writer : writers) {
      writer.interrupt();
      writer.join();
    }
  }
}
