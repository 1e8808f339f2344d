package garrison.control.disruption;

import garrison.client.cache.ObjectKey;
import garrison.model.DisruptionBudget;
import garrison.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Tally} of every budget. A pod's change costs as much as its namespace has budgets; a
 * new budget, or another selector, costs a look at all pods. Thread-safe.
 */
final class Tallies {
  private static final TreeMap<String, Entry> NONE = new TreeMap<>();
  private final Map<String, TreeMap<String, Entry>> byNamespace = new HashMap<>();

  private static final class Entry {
    private DisruptionBudget budget;
    private final Tally tally = new Tally();

    Entry(DisruptionBudget budget) {
      this.budget = budget;
    }
  }

  /** All present pods, visited once. */
  @FunctionalInterface
  interface AllPods {
    /** Visits them. */
    void forEach(Consumer<Pod> visitor);
  }

  /**
   * What a pod's change means.
   *
   * @param touched the budgets whose count it changes
   * @param covering all budgets that cover the pod now, by name
   */
  record Change(List<ObjectKey> touched, List<String> covering) {}

  /**
   * A budget and its pods at one moment.
   *
   * @param pods how many it covers
   * @param healthy ready, not deleted, and not announced by an eviction
   * @param unmanaged how many nobody manages
   */
  record Count(
      DisruptionBudget budget,
      int pods,
      int healthy,
      int unmanaged,
      List<Tally.Owned> owners,
      Announced announced) {}

  /** A budget is new or has changed. */
  synchronized void put(DisruptionBudget budget, AllPods pods) {
    TreeMap<String, Entry> budgets =
        byNamespace.computeIfAbsent(budget.namespace(), namespace -> new TreeMap<>());
    Entry entry = budgets.get(budget.name());
    if (entry == null || !entry.budget.selector().equals(budget.selector())) {
      entry = new Entry(budget);
      budgets.put(budget.name(), entry);
      Tally tally = entry.tally;
      pods.forEach(
          pod -> {
            if (budget.covers(pod.namespace(), pod.labels())) {
              tally.put(pod);
            }
          });
    }
    entry.budget = budget;
  }

  /** A budget is gone. */
  synchronized void remove(DisruptionBudget budget) {
    TreeMap<String, Entry> budgets = byNamespace.get(budget.namespace());
    if (budgets != null && budgets.remove(budget.name()) != null && budgets.isEmpty()) {
      byNamespace.remove(budget.namespace());
    }
  }

  /** A pod is new or has changed. */
  synchronized Change changed(Pod pod) {
    List<ObjectKey> touched = new ArrayList<>(0);
    List<String> covering = new ArrayList<>(0);
    byNamespace
        .getOrDefault(pod.namespace(), NONE)
        .forEach(
            (name, entry) -> {
              boolean covers = entry.budget.selector().matches(pod.labels());
              if (covers) {
                covering.add(name);
              }
              if (covers ? entry.tally.put(pod) : entry.tally.remove(pod.name())) {
                touched.add(new ObjectKey(pod.namespace(), name));
              }
            });
    return new Change(touched, covering);
  }

  /** A pod is gone; the budgets whose count that changes. */
  synchronized List<ObjectKey> removed(Pod pod) {
    List<ObjectKey> touched = new ArrayList<>(0);
    byNamespace
        .getOrDefault(pod.namespace(), NONE)
        .forEach(
            (name, entry) -> {
              if (entry.tally.remove(pod.name())) {
                touched.add(new ObjectKey(pod.namespace(), name));
              }
            });
    return touched;
  }

  /** A budget and what it covers; null where there is none. */
  synchronized @Nullable Count count(ObjectKey key, Instant now) {
    TreeMap<String, Entry> budgets = byNamespace.get(key.namespace());
    Entry entry = budgets == null ? null : budgets.get(key.name());
    if (entry == null) {
      return null;
    }
    Tally tally = entry.tally;
    Announced announced =
        Announced.of(entry.budget.status().disruptedPods(), tally::isPresent, now);
    int healthy =
        tally.healthy()
            - (int) announced.pending().keySet().stream().filter(tally::isHealthy).count();
    return new Count(
        entry.budget, tally.size(), healthy, tally.unmanaged(), tally.owners(), announced);
  }
}
