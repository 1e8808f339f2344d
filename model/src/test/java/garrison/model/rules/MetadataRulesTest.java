package garrison.model.rules;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.FieldError;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Spec: api-server 10.1. */
class MetadataRulesTest {
  private static ObjectNode object(String metadata) {
    return (ObjectNode) Json.parse("{\"metadata\":" + metadata.replace('\'', '"') + "}");
  }

  private static List<String> created(Kind kind, String metadata) {
    return lines(MetadataRules.validateCreate(kind, object(metadata)));
  }

  private static List<String> updated(String metadata, String old) {
    return lines(MetadataRules.validateUpdate(Kinds.CONFIG_MAP, object(metadata), object(old)));
  }

  private static List<String> lines(List<FieldError> errors) {
    return errors.stream().map(FieldError::toString).toList();
  }

  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.of(Kinds.DAEMON_SET, "a.b", true),
        Arguments.of(Kinds.DAEMON_SET, "a:b", false),
        Arguments.of(Kinds.NODE, "node-1.example", true),
        Arguments.of(Kinds.EVENT, "any thing:goes", true),
        Arguments.of(Kinds.EVENT, "not/this", false),
        Arguments.of(Kinds.EVENTS_EVENT, "A", false),
        Arguments.of(Kinds.POD_DISRUPTION_BUDGET, "A_b", true),
        Arguments.of(Kinds.LEASE, "A", false));
  }

  @ParameterizedTest
  @MethodSource("names")
  void aNameHasTheFormatOfItsKind(Kind kind, String name, boolean good) {
    String namespace = kind.namespaced() ? ",'namespace':'default'" : "";
    assertThat(created(kind, "{'name':'" + name + "'" + namespace + "}").isEmpty()).isEqualTo(good);
  }

  @Test
  void aPrefixMayEndInADash() {
    assertThat(
            created(Kinds.POD, "{'generateName':'agent-','name':'agent-x','namespace':'default'}"))
        .isEmpty();
    assertThat(created(Kinds.POD, "{'generateName':'-agent','name':'x','namespace':'default'}"))
        .singleElement()
        .asString()
        .startsWith("metadata.generateName: Invalid value: \"-agent\": a lowercase RFC 1123");
  }

  @Test
  void clusterScopedKindsHaveNoNamespaceAndOthersMust() {
    assertThat(created(Kinds.NODE, "{'name':'a','namespace':'x'}"))
        .containsExactly("metadata.namespace: Forbidden: not allowed on this type");
    assertThat(created(Kinds.POD, "{'name':'a'}"))
        .containsExactly("metadata.namespace: Required value");
  }

  @Test
  void aDomainlessFinalizerMustBeAStandardOneExceptWhereUpstreamForgot() {
    String metadata = "{'name':'a','namespace':'default','finalizers':['orphan','x']}";
    assertThat(created(Kinds.POD, metadata))
        .containsExactly(
            "metadata.finalizers[1]: Invalid value: \"x\": name is neither a standard finalizer"
                + " name nor is it fully qualified");
    assertThat(created(Kinds.LEASE, metadata)).isEmpty();
  }

  @Test
  void orphaningAndDeletingInTheForegroundExcludeEachOther() {
    assertThat(
            created(
                Kinds.POD,
                "{'name':'a','namespace':'default','finalizers':['orphan','foregroundDeletion']}"))
        .containsExactly(
            "metadata.finalizers: Invalid value: [\"orphan\",\"foregroundDeletion\"]: finalizer"
                + " orphan and foregroundDeletion cannot be both set");
  }

  @Test
  void annotationsOfMoreThan256KiBTogetherAreTooLong() {
    ObjectNode object = object("{'name':'a','namespace':'default'}");
    ObjectNode annotations = object.withObject("/metadata/annotations");
    annotations.put("a", "x".repeat(262_143));
    assertThat(MetadataRules.validateCreate(Kinds.CONFIG_MAP, object)).isEmpty();
    annotations.put("a", "x".repeat(262_144));
    assertThat(lines(MetadataRules.validateCreate(Kinds.CONFIG_MAP, object)))
        .containsExactly("metadata.annotations: Too long: may not be more than 262144 bytes");
  }

  @Test
  void anEventOwnsNothing() {
    assertThat(
            created(
                Kinds.POD,
                "{'name':'a','namespace':'default','ownerReferences':"
                    + "[{'apiVersion':'v1','kind':'Event','name':'e','uid':'1'}]}"))
        .singleElement()
        .asString()
        .endsWith(": /v1, Kind=Event is disallowed from being an owner");
  }

  @Test
  void whatTheServerWroteCannotBeChanged() {
    String old = "{'name':'a','namespace':'n','uid':'1','creationTimestamp':'t'}";
    assertThat(updated(old, old)).isEmpty();
    assertThat(updated("{'name':'a','namespace':'n','uid':'x','creationTimestamp':'t'}", old))
        .containsExactly("metadata.uid: Invalid value: \"x\": field is immutable");
    assertThat(
            updated(
                "{'name':'a','namespace':'n','uid':'1','creationTimestamp':'t',"
                    + "'deletionTimestamp':'d'}",
                old))
        .containsExactly("metadata.deletionTimestamp: Invalid value: \"d\": field is immutable");
  }

  @Test
  void noFinalizerIsAddedToADeletedObjectButOnesMayGo() {
    String old = "{'name':'a','deletionTimestamp':'d','finalizers':['a.b/c']}";
    assertThat(updated("{'name':'a','deletionTimestamp':'d'}", old)).isEmpty();
    assertThat(updated("{'name':'a','deletionTimestamp':'d','finalizers':['a.b/c','d.e/f']}", old))
        .containsExactly(
            "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being"
                + " deleted, found new finalizers []string{\"d.e/f\"}");
  }

  @Test
  void equalOwnersAreDroppedWithAWarning() {
    String owner = "{'apiVersion':'v1','kind':'Node','name':'x','uid':'1'}";
    ObjectNode object = object("{'ownerReferences':[" + owner + "," + owner + "]}");
    assertThat(MetadataRules.warnings(object))
        .singleElement()
        .asString()
        .endsWith("duplicate UID(s) observed: 1");
    MetadataRules.dropDuplicateOwners(object);
    assertThat(object.path("metadata").path("ownerReferences")).hasSize(1);
    assertThat(MetadataRules.warnings(object)).isEmpty();
  }

  @Test
  void generatedNamesFitIntoALabelAndSpellNoWords() {
    Random random = new Random(1);
    assertThat(MetadataRules.generateName("agent-", random))
        .matches("agent-[bcdfghjklmnpqrstvwxz2456789]{5}");
    assertThat(MetadataRules.generateName("a".repeat(70), random)).hasSize(63);
  }
}
