package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 1. */
class DaemonSetRulesTest {
  private static ObjectNode sent() {
    return (ObjectNode)
        Json.parse(
            """
            {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"d"},
             "spec":{"selector":{"matchLabels":{"app":"a"}},
              "template":{"metadata":{"labels":{"app":"a"}},
               "spec":{"containers":[{"name":"c","image":"x:1",
                "resources":{"limits":{"cpu":"1"}}}]}}}}
            """);
  }

  private static ObjectNode stored() {
    Write write = Write.create(Kinds.DAEMON_SET, "default", sent());
    assertThat(write.errors()).isEmpty();
    return write.document();
  }

  private static Write changed(Consumer<ObjectNode> change) {
    ObjectNode old = stored();
    ObjectNode document = old.deepCopy();
    change.accept(document);
    return Write.update(Kinds.DAEMON_SET, "", old, document);
  }

  private static String templateGeneration(ObjectNode document) {
    return document
        .path("metadata")
        .path("annotations")
        .path(DaemonSetRules.TEMPLATE_GENERATION)
        .asString("");
  }

  @Test
  void aNewOneStartsAtTemplateGenerationOneWithAStatusOfZeros() {
    ObjectNode sent = sent();
    sent.withObject("status").put("numberReady", 7).put("observedGeneration", 3);
    ObjectNode document = Write.create(Kinds.DAEMON_SET, "default", sent).document();
    assertThat(templateGeneration(document)).isEqualTo("1");
    assertThat(document.path("status"))
        .isEqualTo(
            Json.parse(
                """
                {"currentNumberScheduled":0,"numberMisscheduled":0,"desiredNumberScheduled":0,
                 "numberReady":0}
                """));
  }

  @ParameterizedTest
  @CsvSource({"0,1", "-4,1", "7,7"})
  void aClientMayRaiseTheTemplateGenerationAtCreateOnly(String given, String kept) {
    ObjectNode sent = sent();
    sent.withObject("/metadata/annotations").put(DaemonSetRules.TEMPLATE_GENERATION, given);
    assertThat(templateGeneration(Write.create(Kinds.DAEMON_SET, "default", sent).document()))
        .isEqualTo(kept);
    Write update =
        changed(
            document ->
                document
                    .withObject("/metadata/annotations")
                    .put(DaemonSetRules.TEMPLATE_GENERATION, "9"));
    assertThat(templateGeneration(update.document())).isEqualTo("1");
  }

  @Test
  void aTemplateGenerationThatIsNoNumberIsABadRequest() {
    ObjectNode sent = sent();
    sent.withObject("/metadata/annotations").put(DaemonSetRules.TEMPLATE_GENERATION, "x");
    assertThatThrownBy(() -> Write.create(Kinds.DAEMON_SET, "default", sent))
        .isInstanceOfSatisfying(
            StatusException.class, refusal -> assertThat(refusal.code()).isEqualTo(400));
  }

  @Test
  void aChangedTemplateCountsAndAnythingElseDoesNot() {
    assertThat(
            templateGeneration(
                changed(document -> template(document).put("hostNetwork", true)).document()))
        .isEqualTo("2");
    assertThat(
            templateGeneration(
                changed(document -> document.withObject("spec").put("minReadySeconds", 5))
                    .document()))
        .isEqualTo("1");
    assertThat(
            templateGeneration(
                changed(document -> document.withObject("/metadata/labels").put("a", "b"))
                    .document()))
        .isEqualTo("1");
  }

  @Test
  void emptyListsAndOtherSpellingsOfAQuantityAreNoChange() {
    Write write =
        changed(
            document -> {
              template(document).putArray("tolerations");
              template(document).putObject("nodeSelector");
              ((ObjectNode) template(document).path("containers").path(0))
                  .withObject("/resources/limits")
                  .put("cpu", "1000m");
            });
    assertThat(templateGeneration(write.document())).isEqualTo("1");
    assertThat(write.errors()).isEmpty();
  }

  private static ObjectNode template(ObjectNode document) {
    return document.withObject("/spec/template/spec");
  }

  @Test
  void aStatusWriteCannotTouchTheTemplateGeneration() {
    ObjectNode old = stored();
    ObjectNode document = old.deepCopy();
    document.withObject("/metadata/annotations").put(DaemonSetRules.TEMPLATE_GENERATION, "5");
    document.withObject("status").put("numberReady", 2);
    Write write = Write.update(Kinds.DAEMON_SET, "status", old, document);
    assertThat(write.errors()).isEmpty();
    assertThat(templateGeneration(write.document())).isEqualTo("1");
    assertThat(write.document().path("status").path("numberReady").asInt()).isEqualTo(2);
  }

  @Test
  void theSelectorStaysAndItsErrorComesFirst() {
    Write write =
        changed(
            document -> {
              document.withObject("/spec/selector/matchLabels").put("app", "b");
              document.withObject("spec").put("minReadySeconds", -1);
            });
    assertThat(write.errors())
        .extracting(Object::toString)
        .containsExactly(
            "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"b\"}}: field is immutable",
            "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not"
                + " match template `labels`",
            "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0");
  }

  @Test
  void countersOfTheStatusAreNotNegativeAndCollisionsOnlyGrow() {
    ObjectNode old = stored();
    old.withObject("status").put("collisionCount", 3);
    ObjectNode document = old.deepCopy();
    document.withObject("status").put("collisionCount", 2).put("numberReady", -1);
    assertThat(Write.update(Kinds.DAEMON_SET, "status", old, document).errors())
        .extracting(Object::toString)
        .containsExactly(
            "status.numberReady: Invalid value: -1: must be greater than or equal to 0",
            "status.collisionCount: Invalid value: 2: cannot be decremented");
    document.withObject("status").remove("collisionCount");
    assertThat(Write.update(Kinds.DAEMON_SET, "status", old, document).errors())
        .extracting(Object::toString)
        .contains("status.collisionCount: Invalid value: 0: cannot be decremented");
  }

  @Test
  void anUpdateWarnsOnlyWhereTheTemplateChanges() {
    Consumer<ObjectNode> oldLabel =
        document -> template(document).withObject("nodeSelector").put("beta.kubernetes.io/os", "x");
    Write first = changed(oldLabel);
    assertThat(first.warnings()).hasSize(1);
    ObjectNode next = first.document().deepCopy();
    next.withObject("spec").put("minReadySeconds", 5);
    assertThat(Write.update(Kinds.DAEMON_SET, "", first.document(), next).warnings()).isEmpty();
  }

  @Test
  void anUnknownStrategyIsPrintedWhole() {
    ObjectNode sent = sent();
    sent.withObject("/spec/updateStrategy")
        .put("type", "Foo")
        .putObject("rollingUpdate")
        .put("maxUnavailable", "10%");
    assertThat(Write.create(Kinds.DAEMON_SET, "default", sent).errors())
        .extracting(Object::toString)
        .containsExactly(
            "spec.updateStrategy: Unsupported value: {\"Type\":\"Foo\",\"RollingUpdate\":"
                + "{\"MaxUnavailable\":\"10%\",\"MaxSurge\":0}}: supported values:"
                + " \"RollingUpdate\", \"OnDelete\"");
  }

  @Test
  void aPercentageOfManyDigitsIsMoreThanAll() {
    ObjectNode sent = sent();
    sent.withObject("/spec/updateStrategy/rollingUpdate")
        .put("maxUnavailable", "9".repeat(40) + "%");
    assertThat(Write.create(Kinds.DAEMON_SET, "default", sent).errors())
        .singleElement()
        .asString()
        .endsWith("must not be greater than 100%");
  }

  @Test
  void fieldsOfSwitchedOffFeaturesAreDropped() {
    ObjectNode sent = sent();
    template(sent).putArray("evictionResponders").addObject().put("name", "x");
    ObjectNode document = Write.create(Kinds.DAEMON_SET, "default", sent).document();
    assertThat(template(document).has("evictionResponders")).isFalse();
  }
}
