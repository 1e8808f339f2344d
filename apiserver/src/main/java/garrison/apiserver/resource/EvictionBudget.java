package garrison.apiserver.resource;

import garrison.model.Condition;
import garrison.model.DisruptionBudget;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Whether a budget lets one more pod go, and what that takes from it. Pure. */
final class EvictionBudget {
  private static final Kind BUDGET = Kinds.POD_DISRUPTION_BUDGET;
  private static final int MOST_DISRUPTED = 2_000;
  private static final int WAIT_SECONDS = 10;
  private static final String VIOLATED =
      "Cannot evict pod as it would violate the pod's disruption budget.";

  private EvictionBudget() {}

  /** Whether a pod that is not ready may go without taking anything: it serves nobody anyway. */
  static boolean letsUnreadyGo(DisruptionBudget budget) {
    DisruptionBudget.Status status = budget.status();
    return budget.alwaysAllow()
        || (status.desiredHealthy() > 0 && status.currentHealthy() >= status.desiredHealthy());
  }

  /**
   * The budget with one pod less to give, and that pod's name in it.
   *
   * @throws StatusException 429 where there is none to give, 403 where its status makes no sense
   */
  static ObjectNode taken(DisruptionBudget budget, String pod, Instant now) {
    check(budget);
    ObjectNode document = budget.document().deepCopy();
    ObjectNode status = document.withObject("status");
    long left = budget.status().disruptionsAllowed() - 1;
    Documents.put(status, "disruptionsAllowed", left);
    status.withObject("disruptedPods").put(pod, Timestamps.seconds(now));
    if (left == 0) {
      ObjectNode condition =
          Json.object().put("type", DisruptionBudget.CONDITION).put("status", "False");
      condition.put("observedGeneration", budget.status().observedGeneration());
      condition.put("lastTransitionTime", Timestamps.seconds(now));
      condition.put("reason", DisruptionBudget.INSUFFICIENT);
      condition.put("message", "");
      Conditions.set(document, condition);
    }
    return document;
  }

  private static void check(DisruptionBudget budget) {
    DisruptionBudget.Status status = budget.status();
    if (budget.stale()) {
      throw notYet(budget.name());
    }
    if (status.disruptionsAllowed() < 0) {
      throw senseless(
          budget.name(),
          "pdb disruptions allowed is negative",
          "pdb disruptions allowed is negative");
    }
    if (status.disruptedPods().size() > MOST_DISRUPTED) {
      throw senseless(
          budget.name(),
          "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
          "too many pending evictions not confirmed by PDB controller");
    }
    if (status.disruptionsAllowed() == 0) {
      throw tooMany(why(budget.name(), status), null);
    }
  }

  /** The counts come only after a failure to count: then they are old. */
  private static String why(String name, DisruptionBudget.Status status) {
    Condition told = status.allowed();
    String reason = told == null || !told.status().equals("False") ? "" : told.reason();
    String message = reason.isEmpty() || told == null ? "" : told.message();
    String refused = "The disruption budget " + name + " does not allow evicting pods currently";
    if (reason.equals(DisruptionBudget.SYNC_FAILED) && !message.isEmpty()) {
      return refused + " because it failed sync: " + message;
    }
    if (status.currentHealthy() <= status.desiredHealthy()) {
      return "The disruption budget "
          + name
          + " needs "
          + status.desiredHealthy()
          + " healthy pods and has "
          + status.currentHealthy()
          + " currently";
    }
    return message.isEmpty() ? refused : refused + " (" + reason + "): " + message;
  }

  /** 429: what is known of the budget's pods is older than what was asked for. */
  static StatusException notYet(String budget) {
    return tooMany(
        "The disruption budget " + budget + " is still being processed by the server.",
        WAIT_SECONDS);
  }

  private static StatusException tooMany(String why, @Nullable Integer retryAfterSeconds) {
    return Refusals.withCause(
        StatusException.of(StatusReason.TOO_MANY_REQUESTS, VIOLATED),
        cause(why),
        retryAfterSeconds);
  }

  private static StatusException senseless(String budget, String what, String why) {
    ObjectNode details = Json.object().put("name", budget).put("group", BUDGET.group());
    details.put("kind", BUDGET.singular());
    return Refusals.withCause(
        StatusException.of(
            StatusReason.FORBIDDEN,
            BUDGET.singular() + "." + BUDGET.group() + " \"" + budget + "\" is forbidden: " + what,
            details),
        cause(
            "The disruption budget " + budget + " does not allow evicting pods currently: " + why),
        null);
  }

  private static ObjectNode cause(String message) {
    return Json.object().put("reason", "DisruptionBudget").put("message", message);
  }
}
