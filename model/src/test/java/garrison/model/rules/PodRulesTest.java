package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the recorded answers do not show of pods (spec: api-server 10.4, 15). */
class PodRulesTest {
  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"'));
  }

  /** A pod with these members of its spec. */
  private static ObjectNode pod(String members) {
    return (ObjectNode)
        json("{'metadata':{'name':'p','labels':{'app':'a'}},'spec':{" + members + "}}");
  }

  private static ObjectNode container(String members) {
    return pod("'containers':[{'name':'c','image':'x:1'" + members + "}]");
  }

  private static List<String> errors(JsonNode pod) {
    return Write.create(Kinds.POD, "default", pod).errors().stream().map(Object::toString).toList();
  }

  static Stream<Arguments> refusedContainers() {
    return Stream.of(
        Arguments.of(
            ",'resizePolicy':[{'resourceName':'cpu','restartPolicy':'X'}]",
            "resizePolicy: Unsupported value: \"X\": supported values: \"NotRequired\","
                + " \"RestartContainer\""),
        Arguments.of(
            ",'restartPolicyRules':[{'action':'Restart','exitCodes':{'operator':'In','values':[1]}}]",
            "restartPolicy: Required value: must specify restartPolicy when restart rules are used"),
        Arguments.of(
            ",'lifecycle':{'preStop':{'sleep':{'seconds':31}}}",
            "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than"
                + " terminationGracePeriodSeconds (30)"),
        Arguments.of(
            ",'lifecycle':{'stopSignal':'SIGUSR1'}",
            "lifecycle.stopSignal: Forbidden: may not be set for containers with empty"
                + " `spec.os.name`"),
        Arguments.of(
            ",'env':[{'name':'A','valueFrom':{'resourceFieldRef':{'resource':'limits.cpu',"
                + "'divisor':'2'}}}]",
            "env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only"
                + " divisor's values 1m and 1 are supported with the cpu resource"),
        Arguments.of(
            ",'env':[{'name':'A','valueFrom':{}}]",
            "env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`,"
                + " `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"),
        Arguments.of(
            ",'envFrom':[{}]",
            "envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"),
        Arguments.of(
            ",'volumeDevices':[{'name':'v','devicePath':'/dev/x'}]",
            "volumeDevices[0].name: Not found: \"v\""),
        Arguments.of(
            ",'resources':{'requests':{'a.b/c':'1'}}",
            "resources.limits: Required value: Limit must be set for non overcommitable resources"),
        Arguments.of(
            ",'securityContext':{'seccompProfile':{'type':'Localhost'}}",
            "securityContext.seccompProfile.localhostProfile: Required value: must be set when"
                + " seccomp type is Localhost"),
        Arguments.of(
            ",'securityContext':{'procMount':'Unmasked'}",
            "securityContext.procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to"
                + " use `Unmasked`"));
  }

  @ParameterizedTest
  @MethodSource("refusedContainers")
  void aContainerIsRefused(String members, String error) {
    assertThat(errors(container(members))).containsExactly("spec.containers[0]." + error);
  }

  private static final String CONTAINER = "'containers':[{'name':'c','image':'x:1'}],";

  static Stream<Arguments> refusedPods() {
    return Stream.of(
        Arguments.of(
            CONTAINER + "'volumes':[{'name':'v','iscsi':{'targetPortal':'p','iqn':'x','lun':1}}]",
            "spec.volumes[0].iscsi.iqn: Invalid value: \"x\": must be valid format starting with"
                + " iqn, eui, or naa"),
        Arguments.of(
            CONTAINER + "'volumes':[{'name':'v','nfs':{'server':'s','path':'p'}}]",
            "spec.volumes[0].nfs.path: Invalid value: \"p\": must be an absolute path"),
        Arguments.of(
            CONTAINER
                + "'volumes':[{'name':'v','configMap':{'name':'c','items':[{'key':'a','path':'../b'}]}}]",
            "spec.volumes[0].configMap.items[0].path: Invalid value: \"../b\": must not contain"
                + " '..'"),
        Arguments.of(
            CONTAINER
                + "'serviceAccountName':'s','volumes':[{'name':'v','projected':{'sources':"
                + "[{'serviceAccountToken':{'path':'t','expirationSeconds':5}}]}}]",
            "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid"
                + " value: 5: may not specify a duration less than 10 minutes"),
        Arguments.of(
            CONTAINER
                + "'serviceAccountName':'s','volumes':[{'name':'v','projected':{'sources':["
                + "{'secret':{'name':'a','items':[{'key':'k','path':'p'}]}},"
                + "{'configMap':{'name':'b','items':[{'key':'k','path':'p'}]}}]}}]",
            "spec.volumes[0].projected: Invalid value: \"b\": conflicting duplicate paths"),
        Arguments.of(
            CONTAINER + "'volumes':[{'name':'v','csi':{}}]",
            "spec.volumes[0].csi.driver: Required value"),
        Arguments.of(
            CONTAINER
                + "'hostNetwork':true,'securityContext':{'sysctls':[{'name':'net.x','value':'1'}]}",
            "spec.securityContext.sysctls[0].name: Invalid value: \"net.x\": may not be specified"
                + " when 'hostNetwork' is true"),
        Arguments.of(
            CONTAINER + "'hostUsers':false,'hostPID':true",
            "spec.HostPID: Forbidden: when `hostUsers` is false"),
        Arguments.of(
            CONTAINER + "'dnsConfig':{'nameservers':['1.1.1.1','2','1.1.1.2']}",
            "spec.dnsConfig.nameservers[1]: Invalid value: \"2\": must be a valid IP address, (e.g."
                + " 10.9.8.7 or 2001:db8::ffff)"),
        Arguments.of(
            CONTAINER + "'resources':{'limits':{'cpu':'1'},'requests':{'cpu':'2'}}",
            "spec.resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit"
                + " of 1"),
        Arguments.of(
            CONTAINER + "'os':{'name':'linux'},'securityContext':{'windowsOptions':{}}",
            "spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a"
                + " linux pod"),
        Arguments.of(
            CONTAINER
                + "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':"
                + "'ScheduleAnyway','minDomains':2,'labelSelector':{}}]",
            "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use"
                + " minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"));
  }

  @ParameterizedTest
  @MethodSource("refusedPods")
  void aPodIsRefused(String members, String error) {
    assertThat(errors(pod(members))).containsExactly(error);
  }

  @Test
  void anAnnotationForAppArmorBecomesAFieldAndTheOtherWayRound() {
    ObjectNode sent = container("");
    sent.withObject("/metadata/annotations")
        .put("container.apparmor.security.beta.kubernetes.io/c", "localhost/p");
    Write write = Write.create(Kinds.POD, "default", sent);
    assertThat(write.errors()).isEmpty();
    assertThat(write.document().path("spec").path("containers").path(0).path("securityContext"))
        .isEqualTo(json("{'appArmorProfile':{'type':'Localhost','localhostProfile':'p'}}"));
    assertThat(write.warnings())
        .containsExactly(
            "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated"
                + " since v1.30; use the \"appArmorProfile\" field instead");
    Write other =
        Write.create(
            Kinds.POD,
            "default",
            container(",'securityContext':{'appArmorProfile':{'type':'Unconfined'}}"));
    assertThat(other.document().path("metadata").path("annotations"))
        .isEqualTo(json("{'container.apparmor.security.beta.kubernetes.io/c':'unconfined'}"));
  }

  @Test
  void keysThatMatchLabelsBecomeExpressions() {
    ObjectNode sent =
        pod(
            CONTAINER
                + "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':"
                + "'DoNotSchedule','labelSelector':{},'matchLabelKeys':['app','absent']}]");
    ObjectNode stored = Write.create(Kinds.POD, "default", sent).document();
    assertThat(stored.path("spec").path("topologySpreadConstraints").path(0).path("labelSelector"))
        .isEqualTo(json("{'matchExpressions':[{'key':'app','operator':'In','values':['a']}]}"));
  }

  @Test
  void aPodThatLimitsItselfAlsoRequests() {
    ObjectNode sent =
        pod(
            "'containers':[{'name':'c','image':'x:1','resources':{'requests':{'cpu':'300m'}}}],"
                + "'resources':{'limits':{'cpu':'1','memory':'1Gi'}}");
    Write write = Write.create(Kinds.POD, "default", sent);
    assertThat(write.errors()).isEmpty();
    assertThat(write.document().path("spec").path("resources").path("requests"))
        .isEqualTo(json("{'cpu':'300m','memory':'1Gi'}"));
  }

  @Test
  void aGatedPodMayBeSentToFewerNodesOnly() {
    ObjectNode gated =
        Write.create(
                Kinds.POD,
                "default",
                pod(CONTAINER + "'schedulingGates':[{'name':'g'}],'nodeSelector':{'a':'b'}"))
            .document();
    assertThat(
            Write.patch(Kinds.POD, "", gated, json("{'spec':{'nodeSelector':{'c':'d'}}}")).errors())
        .isEmpty();
    assertThat(
            Write.patch(Kinds.POD, "", gated, json("{'spec':{'nodeSelector':{'a':'x'}}}")).errors())
        .extracting(Object::toString)
        .containsExactly(
            "spec.nodeSelector: Invalid value: {\"a\":\"x\"}: only additions to spec.nodeSelector"
                + " are allowed (no mutations or deletions)");
    JsonNode affinity =
        json(
            "{'spec':{'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
                + "{'nodeSelectorTerms':[{'matchExpressions':[{'key':'k','operator':'Exists'}]}]}}}}}");
    assertThat(Write.patch(Kinds.POD, "", gated, affinity).errors()).isEmpty();
    ObjectNode open = gated.deepCopy();
    open.withObject("spec").remove("schedulingGates");
    assertThat(Write.patch(Kinds.POD, "", open, affinity).errors())
        .singleElement()
        .asString()
        .startsWith("spec: Forbidden: pod updates may not change fields other than");
  }

  @Test
  void anEndedContainerStaysEndedWhereNothingRestartsIt() {
    ObjectNode never =
        Write.create(Kinds.POD, "default", pod(CONTAINER + "'restartPolicy':'Never'")).document();
    String ended =
        "{'status':{'containerStatuses':[{'name':'c','state':{'terminated':{'exitCode':1}}}]}}";
    String running = "{'status':{'containerStatuses':[{'name':'c','state':{'running':{}}}]}}";
    ObjectNode after = Write.patch(Kinds.POD, "status", never, json(ended)).document();
    assertThat(Write.patch(Kinds.POD, "status", after, json(running)).errors())
        .extracting(Object::toString)
        .containsExactly(
            "status.containerStatuses[0].state: Forbidden: may not be transitioned to"
                + " non-terminated state");
    after.withObject("spec").put("restartPolicy", "OnFailure");
    assertThat(Write.patch(Kinds.POD, "status", after, json(running)).errors()).isEmpty();
  }

  @Test
  void anUpdateMayLeaveNothingOutOfTheStatus() {
    ObjectNode pod = Write.create(Kinds.POD, "default", container("")).document();
    ObjectNode sent = pod.deepCopy();
    sent.set("status", json("{'phase':'Running'}"));
    Write write = Write.update(Kinds.POD, "status", pod, sent);
    assertThat(write.errors()).isEmpty();
    assertThat(write.document().path("status").path("qosClass").asString()).isEqualTo("BestEffort");
  }

  @Test
  void overlappingFilesOfAVolumeAreWarnedOf() {
    Write write =
        Write.create(
            Kinds.POD,
            "default",
            pod(
                CONTAINER
                    + "'volumes':[{'name':'v','configMap':{'name':'m','items':["
                    + "{'key':'a','path':'x'},{'key':'b','path':'x/y'}]}}]"));
    assertThat(write.warnings())
        .containsExactly("volume \"v\" (ConfigMap \"m\"): overlapping paths: \"x/y\" with \"x\"");
  }
}
