package garrison.conformance;

import static org.awaitility.Awaitility.await;

import garrison.client.http.HttpCluster;
import garrison.model.DaemonSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The built-in DaemonSet controller and ours, each at a Kubernetes of its own, and the same scripts
 * for both. After each event both are let come to rest and compared. Scripts run side by side; one
 * that ends in a difference is run again by itself, since who of several watchers sees what first
 * is not in a script: what is different twice is a difference.
 */
final class Duel implements AutoCloseable {
  private static final String CONTROLLERS =
      "garbage-collector-controller,namespace-controller,serviceaccount-controller";

  /** The script does the rest of what a node does, so nothing else may taint or evict. */
  private static final String NO_TAINTS = "--disable-admission-plugins=TaintNodesByCondition";

  private static final Duration REST_WITHIN = Duration.ofSeconds(45);
  private static final Duration STILL = Duration.ofMillis(800);

  /**
   * The built-in controller plans to look again when a new pod is available, and forgets it where a
   * retry was planned before (docs/differences.md): it alone is given a reason to look.
   */
  private static final Duration STUCK = Duration.ofSeconds(3);

  private final ControlPlane theirs;
  private final ControlPlane ours;
  private final HttpCluster theirCluster;
  private final HttpCluster ourCluster;
  private final Garrison controller;
  private final Side builtIn;
  private final Side garrison;
  private final List<String> again = new ArrayList<>();

  private Duel(Path folder) throws IOException, GeneralSecurityException {
    Path left = Files.createDirectories(folder.resolve("built-in"));
    Path right = Files.createDirectories(folder.resolve("garrison"));
    theirs = ControlPlane.start(left, ControlPlane.Plan.onLoopback(CONTROLLERS, NO_TAINTS));
    ours = ControlPlane.start(right, ControlPlane.Plan.onLoopback(CONTROLLERS, NO_TAINTS));
    theirs.startBuiltIn();
    controller =
        Garrison.controllerOf(
            right, ours.kubeconfig(), "--kube-api-qps", "1000", "--kube-api-burst", "1500");
    theirCluster = theirs.connect();
    ourCluster = ours.connect();
    builtIn = new Side("the built-in controller", theirCluster);
    garrison = new Side("Garrison", ourCluster);
  }

  static Duel start(Path folder) throws IOException, GeneralSecurityException {
    return new Duel(folder);
  }

  /**
   * Runs scripts.
   *
   * @param lanes how many at once
   * @return what was different twice, with its seed; empty for nothing
   */
  List<String> run(LongStream seeds, int lanes) throws InterruptedException {
    List<String> differences = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(lanes)) {
      List<Future<String>> runs =
          seeds.mapToObj(seed -> executor.submit(() -> twice(seed))).toList();
      for (Future<String> run : runs) {
        String difference = run.get();
        if (!difference.isEmpty()) {
          differences.add(difference);
        }
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a script cannot be run", e.getCause());
    }
    return differences;
  }

  /** What was different once and not again, with its seed. */
  List<String> once() {
    return List.copyOf(again);
  }

  private String twice(long seed) throws Exception {
    String first = run(seed, "s" + seed);
    if (first.isEmpty()) {
      return "";
    }
    String second = run(seed, "s" + seed + "-again");
    if (second.isEmpty()) {
      synchronized (again) {
        again.add(first);
      }
      return "";
    }
    return first + "\nand again:\n" + second;
  }

  /** What is different, in words; empty for nothing. */
  private String run(long seed, String namespace) throws Exception {
    List<Step> steps = Script.of(seed);
    builtIn.open(namespace);
    garrison.open(namespace);
    boolean counts = true;
    int at = 0;
    try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Step step : steps) {
        at++;
        Future<?> left = both.submit(() -> builtIn.apply(namespace, step));
        Future<?> right = both.submit(() -> garrison.apply(namespace, step));
        left.get();
        right.get();
        counts &= !(step instanceof Step.Burst) || at == 1;
        String difference = compare(namespace, step instanceof Step.Loosely, counts);
        if (!difference.isEmpty()) {
          return "seed " + seed + ", step " + at + " of " + steps + ":\n" + difference;
        }
      }
      String told = compareEvents(namespace, counts);
      return told.isEmpty() ? "" : "seed " + seed + ", " + steps + ":\n" + told;
    } catch (ExecutionException | ConditionTimeoutException e) {
      return "seed " + seed + ", step " + at + " of " + steps + ": " + e;
    } finally {
      builtIn.leave(namespace);
      garrison.leave(namespace);
    }
  }

  private String compare(String namespace, boolean anyNode, boolean counts) {
    try {
      await()
          .atMost(REST_WITHIN)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                if (builtIn.still(namespace).compareTo(STILL) < 0
                    || garrison.still(namespace).compareTo(STILL) < 0) {
                  return false;
                }
                Snapshot left = Snapshot.of(builtIn, namespace, anyNode, counts);
                Snapshot right = Snapshot.of(garrison, namespace, anyNode, counts);
                if (left.settled() && right.settled() && left.lines().equals(right.lines())) {
                  return true;
                }
                if (builtIn.still(namespace).compareTo(STUCK) > 0) {
                  builtIn.nudge(namespace);
                }
                return false;
              });
      return "";
    } catch (ConditionTimeoutException e) {
      return Snapshot.difference(
          builtIn.name(),
          Snapshot.of(builtIn, namespace, anyNode, counts),
          garrison.name(),
          Snapshot.of(garrison, namespace, anyNode, counts));
    }
  }

  private String compareEvents(String namespace, boolean counts) {
    StringBuilder differences = new StringBuilder();
    for (DaemonSet daemonSet : builtIn.daemonSetsIn(namespace)) {
      TreeSet<String> left = new TreeSet<>(builtIn.reasons(namespace, daemonSet.name()));
      TreeSet<String> right = new TreeSet<>(garrison.reasons(namespace, daemonSet.name()));
      if (counts && !left.isEmpty() && !right.isEmpty() && !left.equals(right)) {
        differences.append(
            "events of %s: %s, by Garrison %s%n".formatted(daemonSet.name(), left, right));
      }
    }
    return differences.toString();
  }

  @Override
  public void close() {
    builtIn.close();
    garrison.close();
    controller.close();
    theirCluster.close();
    ourCluster.close();
    theirs.close();
    ours.close();
  }
}
