package garrison.control.disruption;

import garrison.model.Condition;
import garrison.model.DisruptionBudget;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The status of a budget, as a whole document to be written (spec: daemonset 9.7). Pure. */
final class BudgetStatus {
  private BudgetStatus() {}

  /** What the count gives; null where it is written already. */
  static @Nullable ObjectNode counted(
      Tallies.Count count, Expectation.Known expectation, Instant now) {
    DisruptionBudget budget = count.budget();
    // Nothing expected, nothing allowed: the first pods may come before this loop sees them.
    long allowed =
        expectation.expected() <= 0 ? 0 : Math.max(0, count.healthy() - expectation.desired());
    String reason = allowed > 0 ? DisruptionBudget.SUFFICIENT : DisruptionBudget.INSUFFICIENT;
    DisruptionBudget.Status written = budget.status();
    Condition told = written.allowed();
    DisruptionBudget.Status wanted =
        new DisruptionBudget.Status(
            budget.meta().generation(),
            allowed,
            count.healthy(),
            expectation.desired(),
            expectation.expected(),
            count.announced().pending(),
            told);
    if (wanted.equals(written)
        && told != null
        && told.isTrue() == allowed > 0
        && told.reason().equals(reason)) {
      return null;
    }
    ObjectNode document = budget.document().deepCopy();
    ObjectNode status = Json.object();
    status.put("observedGeneration", wanted.observedGeneration());
    ObjectNode disrupted = Json.object();
    wanted.disruptedPods().forEach((pod, since) -> disrupted.put(pod, Timestamps.seconds(since)));
    if (!disrupted.isEmpty()) {
      status.set("disruptedPods", disrupted);
    }
    status.put("disruptionsAllowed", allowed);
    status.put("currentHealthy", wanted.currentHealthy());
    status.put("desiredHealthy", wanted.desiredHealthy());
    status.put("expectedPods", wanted.expectedPods());
    setCondition(status, budget, allowed > 0, reason, "", wanted.observedGeneration(), now);
    document.set("status", status);
    return document;
  }

  /** What is safe where nothing is known: no eviction. Null where it is written already. */
  static @Nullable ObjectNode failed(DisruptionBudget budget, String why, Instant now) {
    Condition told = budget.status().allowed();
    if (budget.status().disruptionsAllowed() == 0
        && told != null
        && !told.isTrue()
        && told.reason().equals(DisruptionBudget.SYNC_FAILED)
        && told.message().equals(why)) {
      return null;
    }
    ObjectNode document = budget.document().deepCopy();
    ObjectNode status = document.withObject("status");
    status.put("disruptionsAllowed", 0);
    setCondition(
        status,
        budget,
        false,
        DisruptionBudget.SYNC_FAILED,
        why,
        budget.status().observedGeneration(),
        now);
    return document;
  }

  /** Sets the condition beside those of others; its time moves only with its status. */
  private static void setCondition(
      ObjectNode status,
      DisruptionBudget budget,
      boolean allowed,
      String reason,
      String message,
      long observedGeneration,
      Instant now) {
    Condition told = budget.status().allowed();
    Instant since = told == null || told.isTrue() != allowed ? null : told.lastTransitionTime();
    ObjectNode condition = Json.object().put("type", DisruptionBudget.CONDITION);
    condition.put("status", allowed ? "True" : "False");
    condition.put("observedGeneration", observedGeneration);
    condition.put("lastTransitionTime", Timestamps.seconds(since == null ? now : since));
    condition.put("reason", reason);
    condition.put("message", message);
    ArrayNode conditions = Json.object().putArray("conditions");
    for (JsonNode present : budget.document().path("status").path("conditions")) {
      if (!present.path("type").asString("").equals(DisruptionBudget.CONDITION)) {
        conditions.add(present.deepCopy());
      }
    }
    conditions.add(condition);
    status.set("conditions", conditions);
  }
}
