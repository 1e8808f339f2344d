package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.model.json.Json;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** The typed views of documents. */
class RecordsTest {
  private static ObjectNode document(String text) {
    return Json.parse(text.replace('\'', '"')).asObject();
  }

  /** Target node of an existing pod (spec: daemonset 3). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'nodeName':'n1'} | n1",
        "{} |",
        "{'affinity':%1$s[{'matchFields':[%2$s]}]}}}} | n2",
        "{'nodeName':'n1','affinity':%1$s[{'matchFields':[%2$s]}]}}}} | n1",
        "{'affinity':%1$s[{'matchExpressions':[]},{'matchFields':[%2$s]}]}}}} | n2",
        "{'affinity':%1$s[{'matchFields':[%3$s,%2$s]}]}}}} | n2",
        // Several values in the first such entry: nobody knows.
        "{'affinity':%1$s[{'matchFields':[%4$s,%2$s]}]}}}} |",
      })
  void targetNodes(String spec, String expected) {
    String text =
        spec.formatted(
            "{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{"
                + "'nodeSelectorTerms':",
            "{'key':'metadata.name','operator':'In','values':['n2']}",
            "{'key':'metadata.name','operator':'NotIn','values':['n3']}",
            "{'key':'metadata.name','operator':'In','values':['n3','n4']}");
    assertThat(Pod.of(document("{'spec':" + text + "}")).targetNode()).isEqualTo(expected);
  }

  @Test
  void podsTellWhetherAndSinceWhenTheyAreReady() {
    Pod pod =
        Pod.of(
            document(
                "{'metadata':{'labels':{'controller-revision-hash':'h',"
                    + "'pod-template-generation':'3'}},'status':{'phase':'Running','conditions':["
                    + "{'type':'Initialized','status':'False'},{'type':'Ready','status':'True',"
                    + "'lastTransitionTime':'2026-01-01T00:00:00Z'}]}}"));
    assertThat(pod.ready()).isTrue();
    assertThat(pod.readySince()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(pod.hash()).isEqualTo("h");
    assertThat(pod.templateGeneration()).isEqualTo("3");
    assertThat(pod.terminal()).isFalse();
    assertThat(pod.terminating()).isFalse();
    assertThat(Pod.of(document("{'status':{'phase':'Failed'}}")).terminal()).isTrue();
  }

  @Test
  void metadataIsReadWhole() {
    Meta meta =
        Meta.of(
            document(
                "{'metadata':{'name':'a','namespace':'b','uid':'u','resourceVersion':'7',"
                    + "'generation':3,'labels':{'k':'v'},'finalizers':['f'],"
                    + "'deletionTimestamp':'2026-01-01T00:00:00Z','deletionGracePeriodSeconds':30,"
                    + "'ownerReferences':[{'uid':'1'},{'apiVersion':'apps/v1','kind':'DaemonSet',"
                    + "'name':'d','uid':'2','controller':true,'blockOwnerDeletion':true}]}}"));
    assertThat(meta.version()).isEqualTo(7);
    assertThat(meta.deleting()).isTrue();
    assertThat(meta.deletionGracePeriodSeconds()).isEqualTo(30);
    assertThat(meta.controller())
        .isEqualTo(new OwnerReference("apps/v1", "DaemonSet", "d", "2", true, true));
    assertThat(Meta.of(document("{}")).version()).isZero();
  }

  @Test
  void daemonSetsHaveTheirDefaults() {
    DaemonSet set = DaemonSet.of(document("{'spec':{'selector':{}}}"));
    assertThat(set.revisionHistoryLimit()).isEqualTo(10);
    assertThat(set.onDelete()).isFalse();
    assertThat(set.maxUnavailable()).isNull();
    assertThat(set.templateGeneration()).isEmpty();
    DaemonSet other =
        DaemonSet.of(
            document(
                "{'metadata':{'annotations':{'deprecated.daemonset.template.generation':'4'}},"
                    + "'spec':{'updateStrategy':{'type':'OnDelete','rollingUpdate':{"
                    + "'maxUnavailable':'10%','maxSurge':'x'}}}}"));
    assertThat(other.onDelete()).isTrue();
    assertThat(other.maxUnavailable()).isEqualTo(new IntOrPercent(10, true));
    assertThat(other.maxSurge()).isNull();
    assertThat(other.templateGeneration()).hasValue(4);
    assertThat(other.selector().matches(java.util.Map.of())).isFalse();
  }

  /** Shares are rounded up (spec: daemonset 6.2). */
  @ParameterizedTest
  @CsvSource({
    "1, 10, 1",
    "0, 10, 0",
    "'\"10%\"', 10, 1",
    "'\"10%\"', 11, 2",
    "'\"1%\"', 5000, 50",
    "'\"1%\"', 1, 1",
    "'\"100%\"', 7, 7",
    "'\"0%\"', 7, 0",
    "'\"50%\"', 0, 0"
  })
  void sharesAreRoundedUp(String json, int total, int expected) {
    IntOrPercent share = IntOrPercent.of(Json.parse(json));
    assertThat(share).isNotNull();
    assertThat(share.scaledUp(total)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"'\"x\"'", "'\"\"'", "'\"10\"'", "'\"-5%\"'", "'\"5 %\"'"})
  void otherTextsAreNoShares(String json) {
    assertThatThrownBy(() -> IntOrPercent.of(Json.parse(json)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void timesAreReadAtAnyOffsetAndWrittenInUtc() {
    Instant time = Instant.parse("2026-01-01T00:00:00.123456Z");
    assertThat(Timestamps.parse(Json.parse("\"2026-01-01T01:00:00.123456+01:00\"")))
        .isEqualTo(time);
    assertThat(Timestamps.seconds(time)).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(Timestamps.micros(Instant.parse("2026-01-01T00:00:00Z")))
        .isEqualTo("2026-01-01T00:00:00.000000Z");
    assertThat(Timestamps.parse(Json.parse("\"yesterday\""))).isNull();
    assertThat(Timestamps.parse(Json.parse("null"))).isNull();
  }
}
