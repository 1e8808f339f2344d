package garrison.daemonset.explain;

import garrison.model.Condition;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Why a pod whose containers run is not ready, or ready and not available (spec: daemonset 6). */
final class ReadinessCauses {
  private final Observed observed;
  private final Commands commands;

  ReadinessCauses(Observed observed, Commands commands) {
    this.observed = observed;
    this.commands = commands;
  }

  List<Cause> of(Pod pod) {
    if (pod.ready()) {
      return notLongEnough(pod);
    }
    List<Cause> causes = new ArrayList<>();
    for (JsonNode status : pod.status().path("containerStatuses")) {
      if (!status.path("ready").asBoolean(false)
          && status.path("state").path("running").isObject()) {
        causes.add(probe(pod, status));
      }
    }
    for (JsonNode gate : pod.spec().path("readinessGates")) {
      String type = gate.path("conditionType").asString("");
      Condition condition = Condition.find(pod.conditions(), type);
      if (condition == null || !condition.isTrue()) {
        causes.add(
            Cause.of(
                "readiness_gate",
                "the pod's readiness gate " + type + " is not met",
                Fix.act("see to who sets that condition: it is no part of Kubernetes")));
      }
    }
    if (causes.isEmpty()) {
      Condition ready = Condition.find(pod.conditions(), "Ready");
      String why =
          ready == null ? "" : ready.message().isEmpty() ? ready.reason() : ready.message();
      causes.add(
          Cause.of(
              "not_ready",
              "the pod is not ready",
              "the pod is not ready" + (why.isEmpty() ? "" : ": " + why),
              List.of(
                  Fix.run(
                      "see what the node says of it",
                      commands.kubectl("describe pod " + Fix.POD)))));
    }
    return causes;
  }

  private Cause probe(Pod pod, JsonNode status) {
    String name = status.path("name").asString("");
    JsonNode spec = container(pod, name);
    boolean startup =
        !status.path("started").asBoolean(false) && spec.path("startupProbe").isObject();
    String kind = startup ? "startup" : "readiness";
    String word = startup ? "Startup" : "Readiness";
    Event unhealthy =
        observed.eventsOf(pod).stream()
            .filter(event -> event.reason().equals("Unhealthy"))
            .filter(event -> event.message().startsWith(word))
            .max(Comparator.comparing(Event::last))
            .orElse(null);
    Instant started = Timestamps.parse(status.path("state").path("running").path("startedAt"));
    String running =
        started == null ? "" : ", running for " + Amounts.since(started, observed.now());
    if (!startup && !spec.path("readinessProbe").isObject()) {
      return Cause.of(
          "not_ready",
          "container " + name + " runs and is not ready yet",
          "container " + name + " runs and is not ready yet" + running,
          List.of());
    }
    String summary = "container " + name + "'s " + kind + " probe does not succeed";
    String sentence =
        unhealthy == null
            ? summary + running
            : "container " + name + ": " + unhealthy.message().strip() + running;
    return Cause.of(
        "failing_probe",
        summary,
        sentence,
        List.of(
            Fix.run("read what it says", commands.kubectl("logs " + Fix.POD + " -c " + name)),
            Fix.run(
                "look at its " + kind + "Probe",
                commands.kubectl("get " + commands.name() + " -o yaml"))));
  }

  private static JsonNode container(Pod pod, String name) {
    for (JsonNode container : pod.spec().path("containers")) {
      if (container.path("name").asString("").equals(name)) {
        return container;
      }
    }
    return pod.spec().path("nothing");
  }

  private List<Cause> notLongEnough(Pod pod) {
    DaemonSet set = observed.daemonSet();
    Instant since = pod.readySince();
    if (set.minReadySeconds() == 0 || since == null) {
      return List.of();
    }
    Instant available = since.plusSeconds(set.minReadySeconds());
    if (!available.isAfter(observed.now())) {
      return List.of();
    }
    String summary =
        "ready, and counts as available after " + set.minReadySeconds() + " s (minReadySeconds)";
    return List.of(
        Cause.of(
            "min_ready",
            summary,
            summary
                + ", in "
                + Amounts.length(Duration.between(observed.now(), available).plusMillis(999)),
            List.of()));
  }
}
