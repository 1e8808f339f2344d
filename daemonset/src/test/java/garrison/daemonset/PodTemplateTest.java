package garrison.daemonset;

import static garrison.daemonset.Fixtures.daemonSet;
import static garrison.daemonset.Fixtures.json;
import static garrison.daemonset.Fixtures.withPodSpec;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.Pod;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 3. */
@DisplayName("3 Pod construction")
class PodTemplateTest {
  @Test
  void podCarriesHashGenerationAndOwner() {
    ObjectNode pod = PodTemplate.of(daemonSet(), "5d8f").podFor("n1");
    assertThat(pod.get("metadata"))
        .isEqualTo(
            json(
                """
                {'generateName':'log-','namespace':'ops',
                 'labels':{'app':'log','pod-template-generation':'1','controller-revision-hash':'5d8f'},
                 'ownerReferences':[{'apiVersion':'apps/v1','kind':'DaemonSet','name':'log','uid':'ds-uid',
                   'controller':true,'blockOwnerDeletion':true}]}
                """));
    assertThat(pod.path("spec").has("nodeName")).isFalse();
    assertThat(Pod.of(pod).targetNode()).isEqualTo("n1");
  }

  @Test
  void unreadableGenerationIsLeftOut() {
    ObjectNode pod =
        PodTemplate.of(
                daemonSet(
                    document ->
                        ((ObjectNode) document.at("/metadata/annotations"))
                            .put("deprecated.daemonset.template.generation", "x")),
                "5d8f")
            .podFor("n1");
    assertThat(pod.at("/metadata/labels").has("pod-template-generation")).isFalse();
  }

  @Test
  void annotationsAndFinalizersAreCopied() {
    ObjectNode pod =
        PodTemplate.of(
                daemonSet(
                    document ->
                        ((ObjectNode) document.at("/spec/template/metadata"))
                            .setAll(json("{'annotations':{'a':'b'},'finalizers':['x/y']}"))),
                "5d8f")
            .podFor("n1");
    assertThat(pod.at("/metadata/annotations/a").asString()).isEqualTo("b");
    assertThat(pod.at("/metadata/finalizers/0").asString()).isEqualTo("x/y");
  }

  @Test
  void automaticTolerationsFollowTheOwnAndReplaceTheSame() {
    ObjectNode pod =
        PodTemplate.of(
                withPodSpec(
                    """
                    {'hostNetwork':true,'tolerations':[
                      {'key':'node.kubernetes.io/not-ready','operator':'Exists','effect':'NoExecute','tolerationSeconds':5},
                      {'key':'mine','operator':'Exists'}]}
                    """),
                "5d8f")
            .podFor("n1");
    assertThat(pod.at("/spec/tolerations"))
        .isEqualTo(
            json("""
                    {'x':[
                    {'key':'node.kubernetes.io/not-ready','operator':'Exists','effect':'NoExecute'},
                    {'key':'mine','operator':'Exists'},
                    {'key':'node.kubernetes.io/unreachable','operator':'Exists','effect':'NoExecute'},
                    {'key':'node.kubernetes.io/disk-pressure','operator':'Exists','effect':'NoSchedule'},
                    {'key':'node.kubernetes.io/memory-pressure','operator':'Exists','effect':'NoSchedule'},
                    {'key':'node.kubernetes.io/pid-pressure','operator':'Exists','effect':'NoSchedule'},
                    {'key':'node.kubernetes.io/unschedulable','operator':'Exists','effect':'NoSchedule'},
                    {'key':'node.kubernetes.io/network-unavailable','operator':'Exists','effect':'NoSchedule'}]}
                    """)
                .get("x"));
  }

  @Test
  void requiredTermsAreReplacedAndTheRestOfTheAffinityStays() {
    var daemonSet =
        withPodSpec(
            """
            {'nodeSelector':{'a':'b'},'affinity':{'podAntiAffinity':{'x':1},'nodeAffinity':{
              'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1}],
              'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[
                {'matchExpressions':[{'key':'z','operator':'Exists'}]},{'matchFields':[]}]}}}}
            """);
    ObjectNode pod = PodTemplate.of(daemonSet, "5d8f").podFor("n1");
    assertThat(pod.at("/spec/affinity"))
        .isEqualTo(
            json(
                """
                {'podAntiAffinity':{'x':1},'nodeAffinity':{
                  'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1}],
                  'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[
                    {'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]}]}}}
                """));
    assertThat(pod.at("/spec/nodeSelector/a").asString()).isEqualTo("b");
    assertThat(daemonSet.document().at("/spec/template/spec/tolerations").isMissingNode()).isTrue();
  }

  @Test
  void podsOfOneTemplateShareNothing() {
    PodTemplate template = PodTemplate.of(daemonSet(), "5d8f");
    ObjectNode first = template.podFor("n1");
    ((ObjectNode) first.get("spec")).removeAll();
    assertThat(Pod.of(template.podFor("n2")).targetNode()).isEqualTo("n2");
  }

  @ParameterizedTest
  @CsvSource({"10, true", "252, true", "253, false"})
  void generateNameHasADashWhereThatIsStillAName(int length, boolean dash) {
    String name = "n".repeat(length);
    ObjectNode pod =
        PodTemplate.of(
                Fixtures.daemonSet(
                    document -> ((ObjectNode) document.get("metadata")).put("name", name)),
                "5d8f")
            .podFor("n1");
    assertThat(pod.at("/metadata/generateName").asString()).isEqualTo(dash ? name + "-" : name);
  }

  @Test
  void templateLabelsOfTheControllersOwnKeysAreOverwrittenAndAnEmptyHashIsNone() {
    var daemonSet =
        Fixtures.daemonSet(
            document ->
                ((ObjectNode) document.at("/spec/template/metadata/labels"))
                    .put("pod-template-generation", "77")
                    .put("controller-revision-hash", "mine"));
    assertThat(PodTemplate.of(daemonSet, "5d8f").podFor("n1").at("/metadata/labels"))
        .isEqualTo(
            json("{'app':'log','pod-template-generation':'1','controller-revision-hash':'5d8f'}"));
    assertThat(PodTemplate.of(daemonSet(), "").podFor("n1").at("/metadata/labels"))
        .isEqualTo(json("{'app':'log','pod-template-generation':'1'}"));
  }

  @Test
  void nodeNameIsSetOnlyWhereTheTemplateSetsIt() {
    ObjectNode pod = PodTemplate.of(withPodSpec("{'nodeName':'n1'}"), "5d8f").podFor("n1");
    assertThat(pod.at("/spec/nodeName").asString()).isEqualTo("n1");
  }

  /** Required terms of an unbound pod, and the node it is for. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1']}]}      | n1",
        "{},{'matchFields':[{'key':'metadata.name','operator':'In','values':['n2']}]}   | n2",
        "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1','n2']}]} | -",
        "{'matchFields':[{'key':'metadata.name','operator':'In','values':['n1','n2']}]},{'matchFields':[{'key':'metadata.name','operator':'In','values':['n3']}]} | -",
        "{'matchFields':[{'key':'metadata.name','operator':'NotIn','values':['n1']}]}   | -",
        "{'matchExpressions':[{'key':'metadata.name','operator':'In','values':['n1']}]} | -",
      })
  void targetNodeOfAnUnboundPod(String terms, String node) {
    ObjectNode pod =
        json(
            "{'metadata':{},'spec':{'affinity':{'nodeAffinity':{"
                + "'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':["
                + terms
                + "]}}}}}");
    assertThat(DaemonPod.of(Pod.of(pod)).node()).isEqualTo(node.equals("-") ? "" : node);
    ((ObjectNode) pod.get("spec")).put("nodeName", "bound");
    assertThat(DaemonPod.of(Pod.of(pod)).node()).isEqualTo("bound");
  }
}
