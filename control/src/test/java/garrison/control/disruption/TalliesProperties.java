package garrison.control.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.client.cache.ObjectKey;
import garrison.model.DisruptionBudget;
import garrison.model.Pod;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.node.ObjectNode;

/** However pods come, change and go, the count is that of a look at all of them. */
class TalliesProperties {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  record Step(int pod, String label, boolean ready, boolean deleted, String owner, boolean gone) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 5),
            Arbitraries.of("a", "b", ""),
            Arbitraries.of(true, false),
            Arbitraries.of(true, false, false),
            Arbitraries.of("", "u1", "u2"),
            Arbitraries.of(true, false, false))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  private static Pod pod(Step step) {
    ObjectNode document = Json.object();
    ObjectNode metadata = document.putObject("metadata");
    metadata.put("name", "p" + step.pod()).put("namespace", "w");
    metadata.putObject("labels").put("app", step.label());
    if (step.deleted()) {
      metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
    }
    if (!step.owner().isEmpty()) {
      metadata
          .putArray("ownerReferences")
          .addObject()
          .put("uid", step.owner())
          .put("controller", true);
    }
    document
        .putObject("status")
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", step.ready() ? "True" : "False");
    return Pod.of(document);
  }

  private static DisruptionBudget budget(String name, String app) {
    return DisruptionBudget.of(
        (ObjectNode)
            Json.parse(
                """
                {"metadata": {"name": "%s", "namespace": "w"},
                 "spec": {"selector": {"matchLabels": {"app": "%s"}}}}
                """
                    .formatted(name, app)));
  }

  @Property(tries = 300)
  void countIsThatOfALookAtAll(@ForAll("histories") List<Step> history) {
    Tallies tallies = new Tallies();
    Map<String, Pod> present = new TreeMap<>();
    tallies.put(budget("early", "a"), present.values()::forEach);
    for (Step step : history) {
      Pod pod = pod(step);
      if (step.gone()) {
        Pod last = present.remove(pod.name());
        if (last != null) {
          tallies.removed(last);
        }
      } else {
        present.put(pod.name(), pod);
        tallies.changed(pod);
      }
    }
    tallies.put(budget("late", "a"), present.values()::forEach);
    Tallies.Count early = tallies.count(new ObjectKey("w", "early"), NOW);
    Tallies.Count late = tallies.count(new ObjectKey("w", "late"), NOW);
    List<Pod> covered =
        present.values().stream().filter(pod -> "a".equals(pod.labels().get("app"))).toList();
    for (Tallies.Count count : List.of(early, late)) {
      assertThat(count.pods()).isEqualTo(covered.size());
      assertThat(count.healthy())
          .isEqualTo(covered.stream().filter(pod -> pod.ready() && !pod.terminating()).count());
      assertThat(count.unmanaged())
          .isEqualTo(covered.stream().filter(pod -> pod.meta().controller() == null).count());
      assertThat(count.owners().stream().mapToInt(Tally.Owned::pods).sum())
          .isEqualTo(covered.size() - count.unmanaged());
    }
  }
}
