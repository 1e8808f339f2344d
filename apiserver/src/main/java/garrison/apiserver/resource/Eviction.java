package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Selection;
import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Rules;
import garrison.model.kind.Verb;
import garrison.model.selector.FieldSelector;
import garrison.model.selector.LabelSelector;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes a pod if its disruption budget allows (spec: api-server 10.6). The budget is the status
 * that the disruption loop wrote; what an eviction takes from it is written at once, so that many
 * evictions at a time never take more than there is.
 */
final class Eviction {
  private static final Kind POD = Kinds.POD;
  private static final Kind BUDGET = Kinds.POD_DISRUPTION_BUDGET;
  private static final Set<String> UNCOUNTED = Set.of("Pending", "Succeeded", "Failed");
  private static final int MOST_DISRUPTED = 2_000;
  private static final String TWO_BUDGETS =
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
          + " support.";
  private static final String VIOLATED =
      "Cannot evict pod as it would violate the pod's disruption budget.";

  /** The body's kind; it is a subresource's only, so the registry does not list it. */
  private static final Kind EVICTION =
      new Kind(
          "policy",
          "v1",
          "Eviction",
          "evictions",
          "eviction",
          List.of(),
          List.of(),
          true,
          Set.of(),
          List.of(),
          "policy.v1.Eviction",
          List.of(),
          List.of(),
          Set.of(),
          Rules.NONE,
          null);

  private final ResourceCache cache;
  private final Codec codec;
  private final Retry retry;
  private final Update update;
  private final Deletion deletion;
  private final Admission admission;
  private final InstantSource clock;
  private final Answers answers;

  Eviction(
      ResourceCache cache,
      Codec codec,
      Admission admission,
      Retry retry,
      Update update,
      Deletion deletion,
      InstantSource clock,
      Answers answers) {
    this.cache = cache;
    this.codec = codec;
    this.admission = admission;
    this.retry = retry;
    this.update = update;
    this.deletion = deletion;
    this.clock = clock;
    this.answers = answers;
  }

  Answer evict(RequestContext context, String namespace, String name, Body body) {
    ObjectNode eviction =
        codec.decode(EVICTION, body, context.fieldValidation(), context.warnings());
    if (!Documents.name(eviction).equals(name)) {
      throw StatusException.badRequest("name in URL does not match name in Eviction object");
    }
    DeleteRequest options = DeleteRequest.of(eviction.path("deleteOptions"));
    options.check();
    Stored pod = cache.get(POD, namespace, name);
    if (pod == null) {
      throw StatusException.notFound(POD, name);
    }
    // Before anything is changed: the deletion's own admission comes too late for the budget.
    admission.validate(
        Admission.request(
            context, Verb.CREATE, POD, "eviction", namespace, name, eviction, pod.document()));
    if (needsBudget(pod.document())) {
      takeFromBudget(context, namespace, pod.document());
    }
    if (!context.dryRun()) {
      sayWhy(context, namespace, name);
    }
    deletion.delete(context, POD, namespace, name, options);
    return answers.created();
  }

  private static boolean needsBudget(ObjectNode pod) {
    return !Documents.deleting(pod)
        && !UNCOUNTED.contains(Documents.text(pod.path("status"), "phase"));
  }

  private void takeFromBudget(RequestContext context, String namespace, ObjectNode pod) {
    List<Stored> budgets = budgetsOf(namespace, pod);
    if (budgets.size() > 1) {
      // Upstream's 500 without a reason: the same code, for clients that look at it.
      throw StatusException.of(StatusReason.UNKNOWN, TWO_BUDGETS);
    }
    if (budgets.isEmpty() || mayGoUnready(pod, budgets.getFirst().document())) {
      return;
    }
    retry.until(
        BUDGET,
        namespace,
        Documents.name(budgets.getFirst().document()),
        current -> {
          ObjectNode budget = current.document().deepCopy();
          take(budget, Documents.name(pod));
          return update.store(context, BUDGET, budget, current);
        });
  }

  private List<Stored> budgetsOf(String namespace, ObjectNode pod) {
    Map<String, String> labels = new LinkedHashMap<>();
    pod.path("metadata")
        .path("labels")
        .forEachEntry((key, value) -> labels.put(key, value.asString("")));
    Selection all =
        new Selection(BUDGET, namespace, LabelSelector.EVERYTHING, FieldSelector.EVERYTHING);
    List<Stored> budgets = new ArrayList<>();
    for (Stored budget : cache.list(all).items()) {
      JsonNode selector = budget.document().path("spec").get("selector");
      if (LabelSelector.of(selector).matches(labels)) {
        budgets.add(budget);
      }
    }
    return budgets;
  }

  /** A pod that does not serve anyway: its going may cost nothing. */
  private static boolean mayGoUnready(ObjectNode pod, ObjectNode budget) {
    if (Conditions.isTrue(pod, "Ready")) {
      return false;
    }
    JsonNode status = budget.path("status");
    return Documents.text(budget.path("spec"), "unhealthyPodEvictionPolicy").equals("AlwaysAllow")
        || (status.path("desiredHealthy").asLong(0) > 0
            && status.path("currentHealthy").asLong(0) >= status.path("desiredHealthy").asLong(0));
  }

  private void take(ObjectNode budget, String pod) {
    ObjectNode status = budget.withObject("status");
    String name = Documents.name(budget);
    if (status.path("observedGeneration").asLong(0)
        < budget.path("metadata").path("generation").asLong(0)) {
      throw violated(
          "The disruption budget " + name + " is still being processed by the server.", 10);
    }
    long allowed = status.path("disruptionsAllowed").asLong(0);
    if (allowed < 1) {
      throw violated(
          "The disruption budget "
              + name
              + " needs "
              + status.path("desiredHealthy").asLong(0)
              + " healthy pods and has "
              + status.path("currentHealthy").asLong(0)
              + " currently",
          0);
    }
    if (status.path("disruptedPods").size() > MOST_DISRUPTED) {
      throw StatusException.forbidden(
          BUDGET,
          name,
          "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
    }
    String now = Timestamps.seconds(clock.instant());
    Documents.put(status, "disruptionsAllowed", allowed - 1);
    status.withObject("disruptedPods").put(pod, now);
    if (allowed == 1) {
      ObjectNode condition = Json.object().put("type", "DisruptionAllowed").put("status", "False");
      condition.set("observedGeneration", status.path("observedGeneration"));
      condition.put("lastTransitionTime", now);
      condition.put("reason", "InsufficientPods");
      condition.put("message", "");
      Conditions.set(budget, condition);
    }
  }

  private static StatusException violated(String why, int retryAfterSeconds) {
    return Refusals.withCause(
        StatusException.of(StatusReason.TOO_MANY_REQUESTS, VIOLATED),
        Json.object().put("reason", "DisruptionBudget").put("message", why),
        retryAfterSeconds == 0 ? null : retryAfterSeconds);
  }

  private void sayWhy(RequestContext context, String namespace, String name) {
    retry.until(
        POD,
        namespace,
        name,
        current -> {
          ObjectNode pod = current.document().deepCopy();
          ObjectNode condition =
              Json.object().put("type", "DisruptionTarget").put("status", "True");
          condition.putNull("lastProbeTime");
          condition.put("lastTransitionTime", Timestamps.seconds(clock.instant()));
          condition.put("reason", "EvictionByEvictionAPI");
          condition.put("message", "Eviction API: evicting");
          Conditions.set(pod, condition);
          return update.store(context, POD, pod, current);
        });
  }
}
