package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.json.Json;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Members;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Secrets (spec: api-server 15). No value of one ever stands in an error. Stateless. */
final class SecretRules implements Rules {
  private static final String ACCOUNT = "kubernetes.io/service-account.name";

  @Override
  public void applyDefaults(ObjectNode secret) {
    if (secret.path("stringData") instanceof ObjectNode texts) {
      texts.forEachEntry(
          (key, text) ->
              Members.object(secret, "data")
                  .put(
                      key,
                      Base64.getEncoder()
                          .encodeToString(text.asString("").getBytes(StandardCharsets.UTF_8))));
    }
    secret.remove("stringData");
    Members.text(secret, "type", "Opaque");
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode secret) {
    Errors errors = new Errors();
    validate(At.of(secret), errors);
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode secret, ObjectNode old) {
    Errors errors = new Errors();
    At type = At.of(secret).child("type");
    if (!type.text().equals(At.of(old).text("type"))) {
      errors.invalid(type, type.text(), "field is immutable");
    }
    DataRules.frozen(secret, old, errors, "data");
    validate(At.of(secret), errors);
    return errors.list();
  }

  private static void validate(At secret, Errors errors) {
    At data = secret.child("data");
    if (DataRules.encoded(data, errors) > DataRules.LIMIT) {
      errors.tooLong(data, DataRules.LIMIT);
    }
    switch (secret.text("type")) {
      case "kubernetes.io/service-account-token" -> {
        At annotations = secret.child("metadata", "annotations");
        if (annotations.text(ACCOUNT).isEmpty()) {
          errors.required(annotations.key(ACCOUNT));
        }
      }
      case "kubernetes.io/dockercfg" -> json(data.key(".dockercfg"), errors);
      case "kubernetes.io/dockerconfigjson" -> json(data.key(".dockerconfigjson"), errors);
      case "kubernetes.io/basic-auth" -> {
        if (!data.has("username") && !data.has("password")) {
          errors.required(data.key("username"));
          errors.required(data.key("password"));
        }
      }
      case "kubernetes.io/ssh-auth" -> {
        if (data.text("ssh-privatekey").isEmpty()) {
          errors.required(data.key("ssh-privatekey"));
        }
      }
      case "kubernetes.io/tls" -> {
        for (String key : List.of("tls.crt", "tls.key")) {
          if (!data.has(key)) {
            errors.required(data.key(key));
          }
        }
      }
      default -> {}
    }
  }

  private static void json(At value, Errors errors) {
    if (!value.present()) {
      errors.required(value);
      return;
    }
    try {
      if (Json.parse(Base64.getDecoder().decode(value.text())).isObject()) {
        return;
      }
    } catch (JacksonException | IllegalArgumentException e) {
      // What is wrong with it would show a part of it: one sentence for all, below.
    }
    errors.invalid(value, "<secret contents redacted>", "must be a JSON object");
  }
}
