package garrison.cli.plan;

import garrison.daemonset.plan.Forecast;
import garrison.daemonset.plan.Wave;
import garrison.model.json.Json;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A plan for programs: {@code -o json}. Times are in seconds. Pure. */
public final class PlanDocument {
  private PlanDocument() {}

  /** The document. */
  public static ObjectNode of(List<Planned> plan, List<String> notes) {
    ObjectNode document = Json.object();
    ArrayNode objects = document.putArray("objects");
    for (Planned planned : plan) {
      ObjectNode one = objects.addObject();
      one.put("object", planned.object());
      one.put("namespace", planned.namespace());
      one.put("outcome", planned.refusal() == null ? planned.outcome() : "rejected");
      if (planned.refusal() != null) {
        one.put("refusal", planned.refusal());
      }
      add(planned.warnings(), one.putArray("warnings"));
      add(planned.notes(), one.putArray("notes"));
      Planned.Rollout rollout = planned.rollout();
      if (rollout != null) {
        rollout(rollout, one.putObject("rollout"));
      }
    }
    add(notes, document.putArray("notes"));
    return document;
  }

  private static void rollout(Planned.Rollout rollout, ObjectNode one) {
    Forecast forecast = rollout.forecast();
    one.put("templateChanges", rollout.template());
    one.put("limit", rollout.limit());
    if (rollout.podRefusal() != null) {
      one.put("podRefusal", rollout.podRefusal());
    }
    add(forecast.gained(), one.putArray("gained"));
    add(forecast.completed(), one.putArray("completed"));
    forecast.lost().forEach(one.putObject("lost")::put);
    forecast.kept().forEach(one.putObject("kept")::put);
    one.put("restarted", forecast.restarted());
    ArrayNode waves = one.putArray("waves");
    for (Wave wave : forecast.waves()) {
      ObjectNode entry = waves.addObject();
      if (rollout.times().samples() > 0) {
        entry.put("afterSeconds", wave.after().toSeconds());
      }
      entry.put("unavailableAnyway", wave.unavailable());
      add(wave.nodes(), entry.putArray("nodes"));
    }
    add(forecast.behind(), one.putArray("behind"));
    add(forecast.blockers(), one.putArray("blockers"));
    rollout.misfits().forEach(one.putObject("noRoom")::put);
    forecast.excluded().forEach(one.putObject("excluded")::put);
    one.put("untouched", forecast.untouched());
    if (rollout.times().samples() > 0 && forecast.blockers().isEmpty()) {
      ObjectNode time = one.putObject("time");
      time.put("leastSeconds", forecast.end().toSeconds());
      time.put("mostSeconds", rollout.slowest().toSeconds());
      time.put("podStartSeconds", rollout.times().start().toSeconds());
      time.put("samples", rollout.times().samples());
    }
  }

  private static void add(Collection<String> texts, ArrayNode array) {
    texts.forEach(array::add);
  }
}
