package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Selection;
import garrison.apiserver.watch.Stored;
import garrison.model.DisruptionBudget;
import garrison.model.FieldError;
import garrison.model.Meta;
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
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes a pod if its disruption budget allows (spec: api-server 10.6). The budget is the status
 * that the disruption loop wrote; what an eviction takes from it is written at once, so that many
 * evictions at a time never take more than there is.
 *
 * <p>A pod that may go without a budget, because it serves nobody, goes only as it was when that
 * was found: one that becomes ready in between is asked about again.
 */
final class Eviction {
  private static final Kind POD = Kinds.POD;
  private static final Kind BUDGET = Kinds.POD_DISRUPTION_BUDGET;
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed");
  private static final String TWO_BUDGETS =
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
          + " support.";

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

  Answer evict(RequestContext asked, String namespace, String name, Body body) {
    ObjectNode eviction = codec.decode(EVICTION, body, asked.fieldValidation(), asked.warnings());
    if (!Documents.name(eviction).equals(name)) {
      throw StatusException.badRequest("name in URL does not match name in Eviction object");
    }
    checkOptions(eviction, name);
    RequestContext context = dryRun(asked, eviction.path("deleteOptions"));
    DeleteRequest options = DeleteRequest.of(eviction.path("deleteOptions"));
    options.check();
    Stored pod = present(namespace, name);
    // Before anything is changed: the deletion's own admission comes too late for the budget.
    admission.validate(
        Admission.request(
            context, Verb.CREATE, POD, "eviction", namespace, name, eviction, pod.document()));
    while (!needsBudget(pod.document())) {
      try {
        delete(context, pod, ended(pod.document()) ? options : options.ifStill(pod.revision()));
        return answers.created();
      } catch (StatusException e) {
        Stored now = cache.get(POD, namespace, name);
        boolean again = e.reason() == StatusReason.CONFLICT && options.resourceVersion() == null;
        if (!again || now == null || now.revision() == pod.revision()) {
          throw e;
        }
        pod = now;
      }
    }
    evictWithinBudget(context, pod, options);
    return answers.created();
  }

  private static void checkOptions(ObjectNode eviction, String name) {
    String unsafe = "ignoreStoreReadErrorWithClusterBreakingPotential";
    if (eviction.path("deleteOptions").path(unsafe).asBoolean(false)) {
      throw StatusException.invalid(
          EVICTION,
          name,
          List.of(
              new FieldError(
                  "deleteOptions." + unsafe,
                  FieldError.Type.INVALID,
                  "Invalid value: true: can not be set for pod eviction, try after removing the"
                      + " option")));
    }
  }

  /** The query or the body may ask for a dry run. */
  private static RequestContext dryRun(RequestContext asked, JsonNode options) {
    List<String> values =
        options.path("dryRun").valueStream().map(value -> value.asString("")).toList();
    return Options.dryRun("DeleteOptions", values) && !asked.dryRun() ? asked.dry() : asked;
  }

  private Stored present(String namespace, String name) {
    Stored pod = cache.get(POD, namespace, name);
    if (pod == null) {
      throw StatusException.notFound(POD, name);
    }
    return pod;
  }

  private static boolean needsBudget(ObjectNode pod) {
    return !ended(pod) && !Documents.text(pod.path("status"), "phase").equals("Pending");
  }

  /** It can only go; nothing that happens to it in between makes it serve again. */
  private static boolean ended(ObjectNode pod) {
    return Documents.deleting(pod) || ENDED.contains(Documents.text(pod.path("status"), "phase"));
  }

  private void evictWithinBudget(RequestContext context, Stored pod, DeleteRequest options) {
    List<DisruptionBudget> budgets = budgetsOf(pod.document());
    if (budgets.size() > 1) {
      // Upstream's 500 without a reason: the same code, for clients that look at it.
      throw StatusException.of(StatusReason.UNKNOWN, TWO_BUDGETS);
    }
    if (budgets.isEmpty()) {
      delete(context, pod, options);
      return;
    }
    DisruptionBudget budget = budgets.getFirst();
    if (Conditions.isTrue(pod.document(), "Ready") || !EvictionBudget.letsUnreadyGo(budget)) {
      take(context, budget, Documents.name(pod.document()));
      delete(context, pod, options);
      return;
    }
    try {
      delete(context, pod, options.ifStill(pod.revision()));
    } catch (StatusException e) {
      throw e.reason() == StatusReason.CONFLICT && options.resourceVersion() == null
          ? EvictionBudget.notYet(budget.name())
          : e;
    }
  }

  private List<DisruptionBudget> budgetsOf(ObjectNode pod) {
    Meta meta = Meta.of(pod);
    Selection all =
        new Selection(BUDGET, meta.namespace(), LabelSelector.EVERYTHING, FieldSelector.EVERYTHING);
    return cache.list(all).items().stream()
        .map(stored -> DisruptionBudget.of(stored.document()))
        .filter(budget -> budget.covers(meta.namespace(), meta.labels()))
        .toList();
  }

  private void take(RequestContext context, DisruptionBudget budget, String pod) {
    retry.until(
        BUDGET,
        budget.namespace(),
        budget.name(),
        current -> {
          DisruptionBudget now = DisruptionBudget.of(current.document());
          return update.store(
              context, BUDGET, EvictionBudget.taken(now, pod, clock.instant()), current);
        });
  }

  /** Says why on the pod, and deletes it. */
  private void delete(RequestContext context, Stored pod, DeleteRequest options) {
    String namespace = Documents.namespace(pod.document());
    String name = Documents.name(pod.document());
    DeleteRequest request = options;
    if (!context.dryRun()) {
      ObjectNode marked = sayWhy(context, namespace, name, options);
      if (options.resourceVersion() != null) {
        request = options.atVersion(Documents.resourceVersion(marked));
      }
    }
    deletion.delete(context, POD, namespace, name, request);
  }

  private ObjectNode sayWhy(
      RequestContext context, String namespace, String name, DeleteRequest options) {
    return retry
        .until(
            POD,
            namespace,
            name,
            current -> {
              Deletion.checkPreconditions(POD, name, options, current);
              ObjectNode pod = current.document().deepCopy();
              ObjectNode condition =
                  Json.object().put("type", "DisruptionTarget").put("status", "True");
              condition.putNull("lastProbeTime");
              condition.put("lastTransitionTime", Timestamps.seconds(clock.instant()));
              condition.put("reason", "EvictionByEvictionAPI");
              condition.put("message", "Eviction API: evicting");
              Conditions.set(pod, condition);
              return update.store(context, POD, pod, current);
            })
        .document();
  }
}
