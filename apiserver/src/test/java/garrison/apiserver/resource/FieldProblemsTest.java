package garrison.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import garrison.apiserver.auth.User;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Unknown and repeated fields of bodies and patches (spec: api-server 6.3). */
class FieldProblemsTest {
  private final TestApi api = TestApi.start();
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void objects() {
    api.namespace("w");
    create(FieldValidation.STRICT, Body.Format.JSON, "{\"metadata\": {\"name\": \"c\"}}");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private RequestContext context(FieldValidation validation) {
    warnings.clear();
    return new RequestContext(User.ADMIN, validation, false, "", warnings::add);
  }

  private static Body body(Body.Format format, String text) {
    return new Body.Bytes(text.getBytes(StandardCharsets.UTF_8), format);
  }

  private Answer create(FieldValidation validation, Body.Format format, String text) {
    return create(Kinds.CONFIG_MAP, validation, format, text);
  }

  private Answer create(Kind kind, FieldValidation validation, Body.Format format, String text) {
    String namespace = kind.namespaced() ? "w" : "";
    return api.resources.create(context(validation), kind, namespace, body(format, text));
  }

  private Answer patch(FieldValidation validation, PatchType type, String text) {
    return api.resources.patch(
        context(validation), Kinds.CONFIG_MAP, "w", "c", "", type, body(Body.Format.JSON, text));
  }

  private static String refusal(int code, Runnable call) {
    StatusException refused =
        Objects.requireNonNull(catchThrowableOfType(StatusException.class, call::run));
    assertThat(refused.code()).isEqualTo(code);
    return String.valueOf(refused.getMessage());
  }

  private static final String REPEATED_YAML =
      """
      metadata: {name: z}
      data:
        a: one
        a: two
      dat: 1
      data:
        a: three
      """;

  @Test
  void keysThatStandTwiceInYamlAreWarnedOfWithTheirLines() {
    Answer created = create(FieldValidation.WARN, Body.Format.YAML, REPEATED_YAML);
    assertThat(created.document().at("/data/a").asString()).isEqualTo("three");
    assertThat(warnings)
        .containsExactly(
            "line 4: key \"a\" already set in map",
            "line 7: key \"data\" already set in map",
            "unknown field \"dat\"");
  }

  @Test
  void keysThatStandTwiceInYamlAreRefusedByAStrictReader() {
    assertThat(refusal(400, () -> create(FieldValidation.STRICT, Body.Format.YAML, REPEATED_YAML)))
        .isEqualTo(
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
                + " yaml: unmarshal errors:\n  line 4: key \"a\" already set in map\n"
                + "  line 7: key \"data\" already set in map, unknown field \"dat\"");
  }

  @Test
  void nothingIsToldToWhoIgnoresIt() {
    create(FieldValidation.IGNORE, Body.Format.YAML, REPEATED_YAML);
    patch(FieldValidation.IGNORE, PatchType.MERGE, "{\"data\": {\"a\": \"1\", \"a\": \"2\"}}");
    assertThat(warnings).isEmpty();
  }

  @Test
  void brokenYamlIsRefusedWithItsLine() {
    assertThat(refusal(400, () -> create(FieldValidation.WARN, Body.Format.YAML, "a: 1\nb: [1")))
        .startsWith("the object provided is unrecognized (must be of type ConfigMap): yaml: line ");
  }

  @Test
  void repeatedMembersOfPatchesAreTold() {
    String patch =
        """
        {"data": {"a": "1", "b": "2", "a": "3"}, "foo": {"x": 1, "x": 2}}
        """;
    for (PatchType type : List.of(PatchType.MERGE, PatchType.STRATEGIC)) {
      Answer patched = patch(FieldValidation.WARN, type, patch);
      assertThat(patched.document().at("/data/a").asString()).isEqualTo("3");
      assertThat(warnings)
          .containsExactly(
              "duplicate field \"data.a\"", "duplicate field \"foo.x\"", "unknown field \"foo\"");
      assertThat(refusal(422, () -> patch(FieldValidation.STRICT, type, patch)))
          .startsWith(" \"\" is invalid: patch: Invalid value: ")
          .endsWith(
              ": strict decoding error: duplicate field \"data.a\", duplicate field \"foo.x\","
                  + " unknown field \"foo\"");
    }
  }

  @Test
  void operationsOfJsonPatchesAreReadStrictly() {
    String patch =
        """
        [{"op": "add", "path": "/data", "value": {"a": "1"}, "foo": 1},
         {"op": "add", "path": "/data/b", "path": "/data/c", "value": "2"}]
        """;
    assertThat(
            patch(FieldValidation.WARN, PatchType.JSON, patch).document().at("/data/c").asString())
        .isEqualTo("2");
    assertThat(warnings)
        .containsExactly(
            "json patch unknown field \"[0].foo\"", "json patch duplicate field \"[1].path\"");
    assertThat(refusal(422, () -> patch(FieldValidation.STRICT, PatchType.JSON, patch)))
        .endsWith(
            ": strict decoding error: json patch unknown field \"[0].foo\","
                + " json patch duplicate field \"[1].path\"");
  }

  @Test
  void aKindWithoutAStructIsReadStrictlyAsFarAsItIsKnown() {
    String text =
        """
        {"metadata": {"name": "r", "foo": 1, "labels": {"a": "1", "a": "2"}},
         "handler": "h", "handler": "i"}
        """;
    assertThat(Kinds.RUNTIME_CLASS.struct()).isNull();
    create(Kinds.RUNTIME_CLASS, FieldValidation.WARN, Body.Format.JSON, text);
    assertThat(warnings)
        .containsExactly(
            "duplicate field \"handler\"",
            "unknown field \"metadata.foo\"",
            "duplicate field \"metadata.labels.a\"");
  }
}
