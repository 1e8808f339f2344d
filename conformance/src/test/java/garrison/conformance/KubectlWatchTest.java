package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.DeleteOptions;
import garrison.client.PatchType;
import garrison.client.http.HttpCluster;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code kubectl get --watch} lists and then watches while several clients make 1,000 changes: it
 * shows each of them, in order, and none twice (issue 4). Each object belongs to one writer, so
 * that what happened to it is known from the answers that this writer got.
 */
class KubectlWatchTest {
  private static final int WRITERS = 4;
  private static final int CHANGES_EACH = 250;
  private static final int OBJECTS_EACH = 10;
  private static final String LAST = "last";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Garrison garrison;
  private static Kubectl kubectl;
  private static HttpCluster cluster;

  private String namespace = "";

  /**
   * One change of an object.
   *
   * @param type as a watch tells it
   * @param version the resourceVersion that it led to; empty where that was not told
   */
  private record Change(String type, String version) {}

  @BeforeAll
  static void start() {
    garrison = Garrison.start(folder, "server");
    kubectl = Kubectl.against(garrison);
    cluster = HttpCluster.fromKubeconfig(garrison.kubeconfig());
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close(); // Null where there is no kubectl.
    }
    garrison.close();
  }

  @BeforeEach
  void namespace() {
    namespace = "w" + System.nanoTime();
    kubectl.run("create", "namespace", namespace);
    for (int i = 0; i < WRITERS; i++) {
      create(i + "-0"); // There before kubectl lists.
    }
  }

  private ObjectNode create(String name) {
    ObjectNode document = Json.object();
    document.putObject("metadata").put("name", name).putObject("labels").put("watched", "yes");
    return cluster.create(Kinds.CONFIG_MAP, namespace, document);
  }

  private static Change change(String type, ObjectNode answer) {
    return new Change(type, answer.path("metadata").path("resourceVersion").asString());
  }

  /** What one writer does to its own objects; the changes of each in their order. */
  private Map<String, List<Change>> write(int own) {
    Random random = new Random(own);
    Set<String> there = new HashSet<>(Set.of(own + "-0"));
    Map<String, List<Change>> made = new TreeMap<>();
    for (int i = 0; i < CHANGES_EACH; i++) {
      String name = own + "-" + random.nextInt(OBJECTS_EACH);
      Change change;
      if (there.add(name)) {
        change = change("ADDED", create(name));
      } else if (random.nextInt(4) == 0) {
        cluster.delete(Kinds.CONFIG_MAP, namespace, name, DeleteOptions.now(""));
        there.remove(name);
        change = new Change("DELETED", "");
      } else {
        ObjectNode patch = Json.object();
        patch.putObject("data").put("k", Long.toString(random.nextLong()));
        change =
            change(
                "MODIFIED",
                cluster.patch(Kinds.CONFIG_MAP, namespace, name, PatchType.MERGE, patch, ""));
      }
      made.computeIfAbsent(name, ignored -> new ArrayList<>()).add(change);
    }
    return made;
  }

  /** Lets all write at once; what they did, by object. */
  private Map<String, List<Change>> write() throws Exception {
    Map<String, List<Change>> all = new TreeMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<String, List<Change>>>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int own = i;
        writers.add(threads.submit(() -> write(own)));
      }
      for (Future<Map<String, List<Change>>> writer : writers) {
        all.putAll(writer.get());
      }
    }
    // What was there before is told first.
    for (int i = 0; i < WRITERS; i++) {
      all.get(i + "-0").addFirst(new Change("ADDED", ""));
    }
    all.put(LAST, List.of(change("ADDED", create(LAST))));
    return all;
  }

  private Kubectl.Background watch(String... output) {
    List<String> line =
        new ArrayList<>(
            List.of("-n", namespace, "get", "configmaps", "-l", "watched=yes", "--watch"));
    line.add("--output-watch-events");
    line.addAll(List.of(output));
    return kubectl.start(line.toArray(String[]::new));
  }

  /** Waits until kubectl has listed, so that the changes fall into its watch. */
  private static void awaitListed(Kubectl.Background watching) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                watching.output().lines().filter(line -> line.contains("ADDED")).count()
                    >= WRITERS);
  }

  /** All lines up to the last of all; whatever comes twice has come by then. */
  private static List<String> awaitLast(Kubectl.Background watching) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(watching.process().isAlive()).as(watching.errors()).isTrue();
              String output = watching.output();
              return output.contains(" " + LAST + " ") && output.endsWith("\n");
            });
    assertThat(watching.errors()).isEmpty();
    return watching.output().lines().toList();
  }

  @Test
  void everyChangeOnceAndInOrder() throws Exception {
    try (Kubectl.Background watching =
        watch(
            "-o",
            "jsonpath={.type} {.object.metadata.name} {.object.metadata.resourceVersion}{\"\\n\"}")) {
      awaitListed(watching);
      Map<String, List<Change>> made = write();
      Map<String, List<Change>> told = new TreeMap<>();
      List<Long> versions = new ArrayList<>();
      for (String line : awaitLast(watching)) {
        String[] words = line.split(" ", -1);
        versions.add(Long.parseLong(words[2]));
        // The answer to a deletion does not tell the version, nor was it noted what was there.
        List<Change> known = told.computeIfAbsent(words[1], ignored -> new ArrayList<>());
        boolean noted =
            !words[0].equals("DELETED") && !(known.isEmpty() && words[1].endsWith("-0"));
        known.add(new Change(words[0], noted ? words[2] : ""));
      }
      assertThat(told).isEqualTo(made);
      assertThat(versions).hasSize(WRITERS * CHANGES_EACH + WRITERS + 1);
      assertThat(versions.subList(WRITERS, versions.size())).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void everyChangeAsALineOfTheTable() throws Exception {
    try (Kubectl.Background watching = watch()) {
      awaitListed(watching);
      Map<String, List<String>> made = new TreeMap<>();
      write()
          .forEach((name, changes) -> made.put(name, changes.stream().map(Change::type).toList()));
      Map<String, List<String>> told = new TreeMap<>();
      List<String> lines = awaitLast(watching);
      assertThat(lines.getFirst()).matches("EVENT +NAME +DATA +AGE");
      for (String line : lines.subList(1, lines.size())) {
        String[] words = line.split(" +", -1);
        told.computeIfAbsent(words[1], ignored -> new ArrayList<>()).add(words[0]);
      }
      assertThat(told).isEqualTo(made);
    }
  }
}
