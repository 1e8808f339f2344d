package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The object by the sections and tables of spec: daemonset 1. */
class DaemonSetSectionsTest {
  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private static ObjectNode sent() {
    return json(
        """
        {'apiVersion':'apps/v1','kind':'DaemonSet','metadata':{'name':'d'},
         'spec':{'selector':{'matchLabels':{'app':'a'}},
          'template':{'metadata':{'labels':{'app':'a'}},
           'spec':{'containers':[{'name':'c','image':'x:1'}]}}}}
        """);
  }

  private static Write create(ObjectNode document) {
    return Write.create(Kinds.DAEMON_SET, "default", document);
  }

  /** Sets members by their paths; null removes. */
  private static ObjectNode with(ObjectNode document, String changes) {
    json(changes)
        .forEachEntry(
            (path, value) -> {
              int last = path.lastIndexOf('.');
              String parent = last < 0 ? "" : "/" + path.substring(0, last).replace('.', '/');
              ObjectNode object = parent.isEmpty() ? document : document.withObject(parent);
              if (value.isNull()) {
                object.remove(path.substring(last + 1));
              } else {
                object.set(path.substring(last + 1), value);
              }
            });
    return document;
  }

  private static List<String> texts(Write write) {
    return write.errors().stream().map(Object::toString).toList();
  }

  @Nested
  @DisplayName("1.1 spec")
  class Section1_1 {
    @ParameterizedTest
    @CsvSource({
      "/spec/updateStrategy/type,                         RollingUpdate",
      "/spec/updateStrategy/rollingUpdate/maxUnavailable, 1",
      "/spec/updateStrategy/rollingUpdate/maxSurge,       0",
      "/spec/revisionHistoryLimit,                        10",
      "/spec/template/spec/restartPolicy,                 Always",
      "/spec/template/spec/schedulerName,                 default-scheduler",
    })
    void defaults(String path, String value) {
      assertThat(create(sent()).document().at(path).asString()).isEqualTo(value);
    }

    @Test
    void minReadySecondsIsZeroWhereItIsNotGiven() {
      assertThat(create(sent()).document().at("/spec/minReadySeconds").asInt(0)).isZero();
    }

    @Test
    void historyLimitOfZeroStays() {
      Write write = create(with(sent(), "{'spec.revisionHistoryLimit':0}"));
      assertThat(write.errors()).isEmpty();
      assertThat(write.document().at("/spec/revisionHistoryLimit").asInt(-1)).isZero();
    }

    @Test
    void onDeleteHasNoRollingUpdateOfItsOwn() {
      Write write = create(with(sent(), "{'spec.updateStrategy':{'type':'OnDelete'}}"));
      assertThat(write.errors()).isEmpty();
      assertThat(write.document().at("/spec/updateStrategy"))
          .isEqualTo(json("{'type':'OnDelete'}"));
    }

    @Test
    void aSurgeNeedsAMaxUnavailableOfZeroInSoManyWords() {
      assertThat(
              texts(create(with(sent(), "{'spec.updateStrategy.rollingUpdate':{'maxSurge':1}}"))))
          .containsExactly(
              "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when"
                  + " maxUnavailable is non-zero");
      String explicit = "{'spec.updateStrategy.rollingUpdate':{'maxSurge':1,'maxUnavailable':0}}";
      assertThat(create(with(sent(), explicit)).errors()).isEmpty();
    }
  }

  @Nested
  @DisplayName("1.2 status")
  class Section1_2 {
    @Test
    void whateverConditionsAClientWritesStay() {
      ObjectNode old = create(sent()).document();
      ObjectNode now = old.deepCopy();
      JsonNode conditions =
          json("{'x':[{'type':'Mine','status':'True','lastTransitionTime':'2026-01-01T00:00:00Z','reason':'R','message':'m'}]}")
              .get("x");
      now.withObject("status").set("conditions", conditions);
      Write write = Write.update(Kinds.DAEMON_SET, "status", old, now);
      assertThat(write.errors()).isEmpty();
      assertThat(write.document().at("/status/conditions")).isEqualTo(conditions);
      assertThat(write.document().at("/status/numberReady").isNumber()).isTrue();
    }
  }

  @Nested
  @DisplayName("1.3 Validation")
  class Section1_3 {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '~',
        value = {
          "{'spec.selector':{}} | spec.selector: Invalid value: {}: empty selector is invalid for daemonset",
          "{'spec.selector':null} | spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`",
          "{'spec.selector.matchLabels':{'app':'b'}} | spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`",
          "{'spec.template.spec.restartPolicy':'Never'} | spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
          "{'spec.template.spec.activeDeadlineSeconds':5} | spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported",
          "{'spec.minReadySeconds':-1} | spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
          "{'spec.revisionHistoryLimit':-1} | spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':0}} | spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':'0%'}} | spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':'1%','maxSurge':'1%'}} | spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"1%\": may not be set when maxUnavailable is non-zero",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':'101%'}} | spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':0,'maxSurge':'200%'}} | spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"200%\": must not be greater than 100%",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':-1}} | spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: -1: must be greater than or equal to 0",
        })
    void oneErrorForEach(String changes, String error) {
      assertThat(texts(create(with(sent(), changes)))).containsExactly(error);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '~',
        value = {
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':1000}}",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':'100%'}}",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':0,'maxSurge':'1%'}}",
          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':'0%','maxSurge':1}}",
        })
    void numbersThatAreAllowed(String changes) {
      assertThat(create(with(sent(), changes)).errors()).isEmpty();
    }

    @Test
    void aTextThatIsNoPercentageIsToldTheForm() {
      assertThat(
              texts(
                  create(
                      with(
                          sent(),
                          "{'spec.updateStrategy.rollingUpdate':{'maxUnavailable':'10'}}"))))
          .first()
          .asString()
          .isEqualTo(
              "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"10\": a valid"
                  + " percent string must be a numeric string followed by an ending '%' (e.g. '1%', "
                  + " or '93%', regex used for validation is '[0-9]+%')");
    }

    @Test
    void allTemplateFieldsMayChange() {
      ObjectNode old = create(sent()).document();
      ObjectNode now = old.deepCopy();
      with(now, "{'spec.template.spec.hostNetwork':true,'spec.template.spec.nodeName':'n'}");
      assertThat(Write.update(Kinds.DAEMON_SET, "", old, now).errors()).isEmpty();
    }
  }

  @Nested
  @DisplayName("1.3 Validation of ControllerRevisions")
  class Section1_3_Revisions {
    private ObjectNode revision() {
      return json(
          "{'apiVersion':'apps/v1','kind':'ControllerRevision','metadata':{'name':'r'},"
              + "'revision':1,'data':{'a':1}}");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '~',
        value = {
          "{'revision':-1} | revision: Invalid value: -1: must be greater than or equal to 0",
          "{'data':null}   | data: Required value: data is mandatory",
          "{'data':[1]}    | data: Required value: data must be a valid JSON object",
        })
    void oneErrorForEach(String changes, String error) {
      ObjectNode document = with(revision(), changes);
      assertThat(texts(Write.create(Kinds.CONTROLLER_REVISION, "default", document)))
          .containsExactly(error);
    }

    @Test
    void onlyItsDataIsImmutable() {
      ObjectNode old = Write.create(Kinds.CONTROLLER_REVISION, "default", revision()).document();
      ObjectNode now = with(old.deepCopy(), "{'revision':7,'metadata.labels':{'a':'b'}}");
      assertThat(Write.update(Kinds.CONTROLLER_REVISION, "", old, now).errors()).isEmpty();
      ObjectNode other = with(old.deepCopy(), "{'data':{'a':2}}");
      assertThat(texts(Write.update(Kinds.CONTROLLER_REVISION, "", old, other)))
          .singleElement()
          .asString()
          .startsWith("data: Invalid value")
          .endsWith("field is immutable");
    }
  }
}
