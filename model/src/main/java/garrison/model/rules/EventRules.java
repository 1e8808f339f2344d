package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Semantic;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events of both groups (spec: api-server 15). The younger group is strict, the core group takes
 * almost anything, as it always did. Errors name the fields of the core group in both. Stateless.
 */
final class EventRules implements Rules {
  private static final int LONGEST_WORD = 128;
  private static final int LONGEST_NOTE = 1024;

  /** The core group's name of a field, and the younger group's. */
  private static final Map<String, String> RENAMED =
      Map.of(
          "involvedObject", "regarding",
          "message", "note",
          "source", "deprecatedSource",
          "firstTimestamp", "deprecatedFirstTimestamp",
          "lastTimestamp", "deprecatedLastTimestamp",
          "count", "deprecatedCount");

  private static final List<String> FROZEN =
      List.of(
          "involvedObject",
          "reason",
          "message",
          "source",
          "firstTimestamp",
          "lastTimestamp",
          "count",
          "type",
          "eventTime",
          "action",
          "related",
          "reportingController",
          "reportingInstance");

  private final boolean strict;

  private EventRules(boolean strict) {
    this.strict = strict;
  }

  /** Those of the core group. */
  static EventRules ofCore() {
    return new EventRules(false);
  }

  /** Those of events.k8s.io. */
  static EventRules ofEvents() {
    return new EventRules(true);
  }

  /** A field by the core group's name, wherever this version has it. */
  private At field(At event, String name) {
    String actual = strict ? RENAMED.getOrDefault(name, name) : name;
    return new At(name, event.node().path(actual));
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode document) {
    Errors errors = new Errors();
    At event = At.of(document);
    legacy(event, errors);
    if (strict) {
      series(event, errors);
      if (!event.has("eventTime")) {
        errors.required(event.child("eventTime"));
      }
      String type = event.text("type");
      if (!type.equals("Normal") && !type.equals("Warning")) {
        errors.invalid(event.child("type"), "", "has invalid value: " + type);
      }
      for (String old : List.of("firstTimestamp", "lastTimestamp", "count", "source")) {
        At field = field(event, old);
        boolean set =
            old.equals("count")
                ? field.number() != 0
                : old.equals("source") ? field.filled() : field.present();
        if (set) {
          errors.invalid(field, "", "needs to be unset");
        }
      }
    }
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode document, ObjectNode old) {
    Errors errors = new Errors();
    At event = At.of(document);
    legacy(event, errors);
    if (strict) {
      if (!Semantic.equal(document.path("series"), old.path("series"))) {
        series(event, errors);
      }
      for (String name : FROZEN) {
        At now = field(event, name);
        if (!Semantic.equal(now.node(), field(At.of(old), name).node())) {
          errors.invalid(now, "field is immutable");
        }
      }
    }
    return errors.list();
  }

  private static void series(At event, Errors errors) {
    At series = event.child("series");
    if (!series.present()) {
      return;
    }
    if (series.number("count") < 2) {
      errors.invalid(series.child("count"), "", "should be at least 2");
    }
    if (!series.has("lastObservedTime")) {
      errors.required(series.child("lastObservedTime"));
    }
  }

  private void legacy(At event, Errors errors) {
    String namespace = event.child("metadata").text("namespace");
    At involved = field(event, "involvedObject").child("namespace");
    boolean modern = event.has("eventTime");
    boolean belongs =
        involved.text().isEmpty()
            ? namespace.isEmpty()
                || namespace.equals("default")
                || (modern && namespace.equals("kube-system"))
            : modern || namespace.equals(involved.text());
    if (!belongs) {
      errors.invalid(involved, involved.text(), "does not match event.namespace");
    }
    if (modern) {
      At controller = event.child(strict ? "reportingController" : "reportingComponent");
      if (controller.text().isEmpty()) {
        errors.required(controller);
      }
      errors.invalid(controller, controller.text(), Formats.qualifiedName(controller.text()));
      word(event.child("reportingInstance"), errors);
      word(event.child("action"), errors);
      word(event.child("reason"), errors);
      limited(field(event, "message"), LONGEST_NOTE, errors);
    }
  }

  private static void word(At word, Errors errors) {
    if (word.text().isEmpty()) {
      errors.required(word);
    }
    limited(word, LONGEST_WORD, errors);
  }

  private static void limited(At text, int longest, Errors errors) {
    if (Formats.bytes(text.text()) > longest) {
      errors.invalid(text, "", "can have at most " + longest + " characters");
    }
  }
}
