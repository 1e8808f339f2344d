package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.GoValue;
import garrison.model.rules.check.Labels;
import garrison.model.rules.check.Members;
import garrison.model.rules.check.Semantic;
import garrison.model.rules.pod.AlphaFields;
import garrison.model.rules.pod.PodDefaults;
import garrison.model.rules.pod.PodWarnings;
import garrison.model.rules.pod.TemplateRules;
import garrison.model.selector.LabelSelector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * DaemonSets (spec: daemonset 1). The template generation lives in an annotation that only these
 * rules write; {@code metadata.generation} is the server's to count. Stateless.
 */
final class DaemonSetRules implements Rules {
  static final String TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

  private static final List<String> COUNTERS =
      List.of(
          "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady");

  private static final List<String> ALL_COUNTERS =
      List.of(
          "currentNumberScheduled",
          "numberMisscheduled",
          "desiredNumberScheduled",
          "numberReady",
          "observedGeneration",
          "updatedNumberScheduled",
          "numberAvailable",
          "numberUnavailable",
          "collisionCount");

  @Override
  public void applyDefaults(ObjectNode daemonSet) {
    templateGeneration(daemonSet);
    ObjectNode spec = Members.object(daemonSet, "spec");
    PodDefaults.ofTemplate(Members.object(spec, "template"));
    ObjectNode strategy = Members.object(spec, "updateStrategy");
    Members.text(strategy, "type", "RollingUpdate");
    if (strategy.path("type").asString("").equals("RollingUpdate")) {
      ObjectNode rolling = Members.object(strategy, "rollingUpdate");
      Members.missingNumber(rolling, "maxUnavailable", 1);
      Members.missingNumber(rolling, "maxSurge", 0);
    }
    Members.missingNumber(spec, "revisionHistoryLimit", 10);
  }

  /** The number in the annotation, zero where there is none. */
  private static long templateGeneration(JsonNode daemonSet) {
    String text =
        daemonSet.path("metadata").path("annotations").path(TEMPLATE_GENERATION).asString("");
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw StatusException.badRequest(
          "DaemonSet in version \"v1\" cannot be handled as a DaemonSet: strconv.ParseInt: parsing "
              + GoValue.quoted(text)
              + ": invalid syntax");
    }
  }

  private static void setTemplateGeneration(ObjectNode daemonSet, long generation) {
    Members.object(Members.object(daemonSet, "metadata"), "annotations")
        .put(TEMPLATE_GENERATION, Long.toString(generation));
  }

  @Override
  public void prepareCreate(ObjectNode daemonSet) {
    ObjectNode status = daemonSet.putObject("status");
    COUNTERS.forEach(counter -> status.put(counter, 0));
    setTemplateGeneration(daemonSet, Math.max(1, templateGeneration(daemonSet)));
    dropAlphaFields(daemonSet);
  }

  private static void dropAlphaFields(ObjectNode daemonSet) {
    AlphaFields.drop(
        Members.object(Members.object(Members.object(daemonSet, "spec"), "template"), "spec"));
  }

  @Override
  public void prepareUpdate(ObjectNode daemonSet, ObjectNode old) {
    dropAlphaFields(daemonSet);
    long generation = templateGeneration(old);
    setTemplateGeneration(daemonSet, templateChanged(daemonSet, old) ? generation + 1 : generation);
  }

  @Override
  public void prepareStatusUpdate(ObjectNode daemonSet, ObjectNode old) {
    setTemplateGeneration(daemonSet, templateGeneration(old));
  }

  private static boolean templateChanged(JsonNode daemonSet, JsonNode old) {
    return !Semantic.equal(
        daemonSet.path("spec").path("template"), old.path("spec").path("template"));
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode daemonSet) {
    Errors errors = new Errors();
    spec(At.of(daemonSet).child("spec"), errors);
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode daemonSet, ObjectNode old) {
    Errors errors = new Errors();
    At selector = At.of(daemonSet).child("spec", "selector");
    if (!Semantic.equal(selector.node(), old.path("spec").path("selector"))) {
      errors.invalid(selector, "field is immutable");
    }
    spec(At.of(daemonSet).child("spec"), errors);
    return errors.list();
  }

  private static void spec(At spec, Errors errors) {
    selector(spec, errors);
    At template = spec.child("template");
    TemplateRules.validate(template, errors);
    At podSpec = template.child("spec");
    if (!podSpec.text("restartPolicy").equals("Always")) {
      errors.notSupported(podSpec.child("restartPolicy"), podSpec.text("restartPolicy"), "Always");
    }
    if (podSpec.has("activeDeadlineSeconds")) {
      errors.forbidden(
          podSpec.child("activeDeadlineSeconds"),
          "activeDeadlineSeconds in DaemonSet is not Supported");
    }
    errors.nonNegative(spec.child("minReadySeconds"));
    strategy(spec.child("updateStrategy"), errors);
    errors.nonNegative(spec.child("revisionHistoryLimit"));
  }

  private static void selector(At spec, Errors errors) {
    At selector = spec.child("selector");
    int before = errors.count();
    Labels.validateSelector(selector, errors);
    At labels = spec.child("template", "metadata", "labels");
    // A selector that is malformed matches neither way.
    if (errors.count() == before && !LabelSelector.of(selector.node()).matches(texts(labels))) {
      errors.invalid(
          labels, GoValue.sorted(labels.node()), "`selector` does not match template `labels`");
    }
    boolean empty =
        !selector.child("matchLabels").filled() && !selector.child("matchExpressions").filled();
    if (selector.present() && empty) {
      errors.invalid(selector, Json.object(), "empty selector is invalid for daemonset");
    }
  }

  private static Map<String, String> texts(At labels) {
    Map<String, String> texts = new HashMap<>();
    labels.entries((key, at) -> texts.put(key, at.text()));
    return texts;
  }

  private static void strategy(At strategy, Errors errors) {
    switch (strategy.text("type")) {
      case "OnDelete" -> {}
      case "RollingUpdate" -> rolling(strategy.child("rollingUpdate"), errors);
      default -> errors.notSupported(strategy, internal(strategy), "RollingUpdate", "OnDelete");
    }
  }

  /** The strategy as upstream prints its own type. */
  private static ObjectNode internal(At strategy) {
    ObjectNode internal = Json.object();
    internal.put("Type", strategy.text("type"));
    At rolling = strategy.child("rollingUpdate");
    if (rolling.present()) {
      ObjectNode bounds = internal.putObject("RollingUpdate");
      bounds.set("MaxUnavailable", orZero(rolling.child("maxUnavailable")));
      bounds.set("MaxSurge", orZero(rolling.child("maxSurge")));
    } else {
      internal.putNull("RollingUpdate");
    }
    return internal;
  }

  private static JsonNode orZero(At bound) {
    return bound.present() ? bound.node() : Json.mapper().getNodeFactory().numberNode(0);
  }

  private static void rolling(At rolling, Errors errors) {
    if (!rolling.present()) {
      errors.required(rolling);
      return;
    }
    At unavailable = rolling.child("maxUnavailable");
    At surge = rolling.child("maxSurge");
    IntOrPercentRules.positive(unavailable, errors);
    IntOrPercentRules.positive(surge, errors);
    IntOrPercentRules.atMostAll(unavailable, errors);
    IntOrPercentRules.atMostAll(surge, errors);
    boolean mayMiss = !IntOrPercentRules.isZero(unavailable);
    boolean maySurge = !IntOrPercentRules.isZero(surge);
    if (mayMiss && maySurge) {
      errors.invalid(surge, "may not be set when maxUnavailable is non-zero");
    } else if (!mayMiss && !maySurge) {
      errors.required(unavailable, "cannot be 0 when maxSurge is 0");
    }
  }

  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode daemonSet, ObjectNode old) {
    Errors errors = new Errors();
    At status = At.of(daemonSet).child("status");
    ALL_COUNTERS.forEach(counter -> errors.nonNegative(status.child(counter)));
    long collisions = status.number("collisionCount");
    if (collisions < At.of(old).child("status").number("collisionCount")) {
      errors.invalid(status.child("collisionCount"), collisions, "cannot be decremented");
    }
    return errors.list();
  }

  @Override
  public List<String> warningsOnCreate(ObjectNode daemonSet) {
    return PodWarnings.ofTemplate(At.of(daemonSet).child("spec", "template"));
  }

  @Override
  public List<String> warningsOnUpdate(ObjectNode daemonSet, ObjectNode old) {
    return templateChanged(daemonSet, old) ? warningsOnCreate(daemonSet) : List.of();
  }
}
