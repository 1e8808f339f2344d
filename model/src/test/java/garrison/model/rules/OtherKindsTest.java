package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the recorded answers do not show of the smaller kinds (spec: api-server 15.2). */
class OtherKindsTest {
  private static final Kind ROLE = kind("Role");
  private static final Kind CLUSTER_ROLE = kind("ClusterRole");
  private static final Kind ROLE_BINDING = kind("RoleBinding");
  private static final Kind CLUSTER_ROLE_BINDING = kind("ClusterRoleBinding");

  private static Kind kind(String name) {
    Kind kind = Kinds.byKind("rbac.authorization.k8s.io/v1", name);
    assertThat(kind).isNotNull();
    return kind;
  }

  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"'));
  }

  private static ObjectNode stored(Kind kind, String text) {
    Write write = Write.create(kind, "default", json(text));
    assertThat(write.errors()).isEmpty();
    return write.document();
  }

  private static List<String> errors(Write write) {
    return write.errors().stream().map(Object::toString).toList();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(
            ROLE,
            "{'metadata':{'name':'a'},'rules':[{'apiGroups':[''],'resources':['pods']}]}",
            "rules[0].verbs: Required value: verbs must contain at least one value"),
        Arguments.of(
            ROLE,
            "{'metadata':{'name':'a'},'rules':[{'verbs':['get'],'nonResourceURLs':['/x']}]}",
            "rules[0].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to"
                + " non-resource URLs"),
        Arguments.of(
            CLUSTER_ROLE,
            "{'metadata':{'name':'a'},'aggregationRule':{}}",
            "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector"
                + " required if aggregationRule is non-nil"),
        Arguments.of(
            CLUSTER_ROLE_BINDING,
            "{'metadata':{'name':'a'},'roleRef':{'kind':'Role','name':'x'}}",
            "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\""),
        Arguments.of(
            CLUSTER_ROLE_BINDING,
            "{'metadata':{'name':'a'},'roleRef':{'kind':'ClusterRole','name':'x'},"
                + "'subjects':[{'kind':'ServiceAccount','name':'s'}]}",
            "subjects[0].namespace: Required value"),
        Arguments.of(
            Kinds.RUNTIME_CLASS,
            "{'metadata':{'name':'a'},'handler':'A'}",
            "handler: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case"
                + " alphanumeric characters or '-', and must start and end with an alphanumeric"
                + " character (e.g. 'my-name',  or '123-abc', regex used for validation is"
                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"),
        Arguments.of(Kinds.RUNTIME_CLASS, "{'metadata':{'name':'a'}}", "handler: Required value"),
        Arguments.of(
            Kinds.CSI_NODE,
            "{'metadata':{'name':'a'},'spec':{'drivers':[{'name':'d.io','nodeID':''}]}}",
            "spec.drivers[0].nodeID: Required value"),
        Arguments.of(
            Kinds.PRIORITY_CLASS,
            "{'metadata':{'name':'system-node-critical'},'value':5}",
            "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for"
                + " system use only. error: value of system-node-critical PriorityClass must be"
                + " 2000001000"),
        Arguments.of(
            Kinds.SECRET,
            "{'metadata':{'name':'a'},'type':'kubernetes.io/dockerconfigjson',"
                + "'stringData':{'.dockerconfigjson':'secret!'}}",
            "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": must be a JSON"
                + " object"),
        Arguments.of(
            Kinds.EVENTS_EVENT,
            "{'metadata':{'name':'a'},'eventTime':'2026-01-01T00:00:00.000000Z','reportingController':'c',"
                + "'reportingInstance':'i','action':'a','reason':'r','type':'Normal',"
                + "'deprecatedCount':2,'regarding':{'namespace':'default'}}",
            "count: Invalid value: \"\": needs to be unset"),
        Arguments.of(
            Kinds.NODE,
            "{'metadata':{'name':'a'},'spec':{'podCIDRs':['10.0.0.0/8','10.1.0.0/16']}}",
            "spec.podCIDRs: Invalid value: [\"10.0.0.0/8\",\"10.1.0.0/16\"]: may specify no more"
                + " than one CIDR for each IP family"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefused(Kind kind, String document, String error) {
    assertThat(errors(Write.create(kind, "default", json(document)))).containsExactly(error);
  }

  @Test
  void textsOfASecretWinOverItsData() {
    ObjectNode secret =
        stored(
            Kinds.SECRET,
            "{'metadata':{'name':'a'},'data':{'k':'b2xk','l':'eA=='},'stringData':{'k':'new'}}");
    assertThat(secret.path("data")).isEqualTo(json("{'k':'bmV3','l':'eA=='}"));
    assertThat(secret.has("stringData")).isFalse();
  }

  @Test
  void aMebibyteOfDataIsTheMost() {
    ObjectNode map = (ObjectNode) json("{'metadata':{'name':'a'},'data':{}}");
    map.withObject("data").put("a", "x".repeat(1_048_576));
    assertThat(errors(Write.create(Kinds.CONFIG_MAP, "default", map))).isEmpty();
    map.withObject("data").put("a", "x".repeat(1_048_577));
    assertThat(errors(Write.create(Kinds.CONFIG_MAP, "default", map)))
        .containsExactly("[]: Too long: may not be more than 1048576 bytes");
    ObjectNode secret = (ObjectNode) json("{'metadata':{'name':'a'},'stringData':{}}");
    secret.withObject("stringData").put("a", "x".repeat(1_048_577));
    assertThat(errors(Write.create(Kinds.SECRET, "default", secret)))
        .containsExactly("data: Too long: may not be more than 1048576 bytes");
  }

  @Test
  void noteOfAnEventIsLimited() {
    ObjectNode event =
        (ObjectNode)
            json(
                "{'metadata':{'name':'a'},'eventTime':'2026-01-01T00:00:00.000000Z','reportingController':'c',"
                    + "'reportingInstance':'i','action':'a','reason':'r','type':'Normal',"
                    + "'regarding':{'namespace':'default'}}");
    event.put("note", "x".repeat(1025));
    assertThat(errors(Write.create(Kinds.EVENTS_EVENT, "default", event)))
        .containsExactly("message: Invalid value: \"\": can have at most 1024 characters");
  }

  @Test
  void aNewNamespaceIsActiveNamedAndHeldByKubernetes() {
    ObjectNode namespace =
        stored(
            Kinds.NAMESPACE,
            "{'metadata':{'name':'a','labels':{'kubernetes.io/metadata.name':'b'}},"
                + "'spec':{'finalizers':['x.y/z']},'status':{'phase':'Terminating'}}");
    assertThat(namespace.path("metadata").path("labels"))
        .isEqualTo(json("{'kubernetes.io/metadata.name':'a'}"));
    assertThat(namespace.path("spec")).isEqualTo(json("{'finalizers':['x.y/z','kubernetes']}"));
    assertThat(namespace.path("status")).isEqualTo(json("{'phase':'Active'}"));
  }

  @Test
  void thePhaseOfANamespaceFollowsItsDeletion() {
    ObjectNode namespace = stored(Kinds.NAMESPACE, "{'metadata':{'name':'a'}}");
    assertThat(
            errors(
                Write.patch(
                    Kinds.NAMESPACE,
                    "status",
                    namespace,
                    json("{'status':{'phase':'Terminating'}}"))))
        .containsExactly(
            "status.Phase: Invalid value: \"Terminating\": may only be 'Active' if"
                + " `deletionTimestamp` is empty");
  }

  @Test
  void theOneRangeOfANodeAndTheListOfThemSayTheSame() {
    assertThat(
            stored(Kinds.NODE, "{'metadata':{'name':'a'},'spec':{'podCIDR':'10.0.0.0/24'}}")
                .path("spec"))
        .isEqualTo(json("{'podCIDR':'10.0.0.0/24','podCIDRs':['10.0.0.0/24']}"));
    assertThat(
            stored(Kinds.NODE, "{'metadata':{'name':'a'},'spec':{'podCIDRs':['10.0.0.0/24']}}")
                .path("spec"))
        .isEqualTo(json("{'podCIDR':'10.0.0.0/24','podCIDRs':['10.0.0.0/24']}"));
  }

  @Test
  void aBindingCannotBindAnotherRole() {
    ObjectNode binding =
        stored(ROLE_BINDING, "{'metadata':{'name':'a'},'roleRef':{'kind':'Role','name':'x'}}");
    assertThat(binding.path("roleRef").path("apiGroup").asString())
        .isEqualTo("rbac.authorization.k8s.io");
    assertThat(errors(Write.patch(ROLE_BINDING, "", binding, json("{'roleRef':{'name':'y'}}"))))
        .containsExactly(
            "roleRef: Invalid value: {\"APIGroup\":\"rbac.authorization.k8s.io\",\"Kind\":\"Role\","
                + "\"Name\":\"y\"}: field is immutable");
  }

  @Test
  void keyOrderIsNoChangeOfARevision() {
    ObjectNode revision =
        stored(
            Kinds.CONTROLLER_REVISION,
            "{'metadata':{'name':'a'},'revision':1,'data':{'a':1,'b':2}}");
    ObjectNode same = revision.deepCopy();
    same.set("data", json("{'b':2,'a':1}"));
    assertThat(errors(Write.update(Kinds.CONTROLLER_REVISION, "", revision, same))).isEmpty();
  }

  @Test
  void aDefinitionIsStoredAndSaysThatItsKindIsNotServed() {
    Write write =
        Write.create(
            Kinds.CUSTOM_RESOURCE_DEFINITION,
            "",
            json(
                "{'metadata':{'name':'foos.example.com'},'spec':{'group':'example.com',"
                    + "'scope':'Namespaced','names':{'plural':'foos','kind':'Foo'},"
                    + "'versions':[{'name':'v1','served':true,'storage':true,'schema':"
                    + "{'openAPIV3Schema':{'type':'object','properties':{'a':"
                    + "{'type':'string','format':'int64'},'b':{'type':'string','format':"
                    + "'date-time'}}}}}]}}"));
    assertThat(errors(write)).isEmpty();
    assertThat(write.warnings()).containsExactly("unrecognized format \"int64\"");
    JsonNode status = write.document().path("status");
    assertThat(status.path("conditions").path(0).path("type").asString()).isEqualTo("Established");
    assertThat(status.path("conditions").path(0).path("status").asString()).isEqualTo("False");
    assertThat(status.path("conditions").path(0).path("reason").asString()).isEqualTo("NotServed");
    assertThat(status.path("storedVersions")).isEqualTo(json("['v1']"));
    assertThat(write.document().path("spec").path("names"))
        .isEqualTo(json("{'plural':'foos','kind':'Foo','singular':'foo','listKind':'FooList'}"));
  }

  @Test
  void aDefinitionIsNamedAfterItsPluralAndGroup() {
    assertThat(
            errors(
                Write.create(
                    Kinds.CUSTOM_RESOURCE_DEFINITION,
                    "",
                    json(
                        "{'metadata':{'name':'bars.example.com'},'spec':{'group':'example.com',"
                            + "'scope':'Namespaced','names':{'plural':'foos','kind':'Foo'},"
                            + "'versions':[{'name':'v1','storage':true,"
                            + "'schema':{'openAPIV3Schema':{}}}]}}"))))
        .containsExactly(
            "metadata.name: Invalid value: \"bars.example.com\": must be"
                + " spec.names.plural+\".\"+spec.group");
  }
}
