package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** ConfigMaps (spec: api-server 15). Stateless. */
final class ConfigMapRules implements Rules {
  @Override
  public List<FieldError> validateCreate(ObjectNode map) {
    Errors errors = new Errors();
    validate(At.of(map), errors);
    return errors.list();
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode map, ObjectNode old) {
    Errors errors = new Errors();
    DataRules.frozen(map, old, errors, "data", "binaryData");
    validate(At.of(map), errors);
    return errors.list();
  }

  private static void validate(At map, Errors errors) {
    At binary = map.child("binaryData");
    long[] size = {0};
    map.child("data")
        .entries(
            (key, value) -> {
              errors.invalid(value, key, Formats.configKey(key));
              if (binary.has(key)) {
                errors.invalid(value, key, "duplicate of key present in binaryData");
              }
              size[0] += Formats.bytes(value.text());
            });
    size[0] += DataRules.encoded(binary, errors);
    if (size[0] > DataRules.LIMIT) {
      // The path of the whole object, as upstream prints it.
      errors.tooLong(new At("[]", map.node()), DataRules.LIMIT);
    }
  }
}
