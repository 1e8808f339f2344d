package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import garrison.model.rules.check.Members;
import garrison.model.rules.check.Semantic;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Definitions of custom resources. They are stored, so that people's files apply whole, but their
 * kinds are not served, and the status says so: Established is False, for a reason of our own.
 * Stateless.
 */
final class CustomResourceDefinitionRules implements Rules {
  private static final Set<String> FORMATS =
      Set.of(
          "bsonobjectid",
          "uri",
          "email",
          "hostname",
          "ipv4",
          "ipv6",
          "cidr",
          "mac",
          "uuid",
          "uuid3",
          "uuid4",
          "uuid5",
          "isbn",
          "isbn10",
          "isbn13",
          "creditcard",
          "ssn",
          "hexcolor",
          "rgbcolor",
          "byte",
          "password",
          "date",
          "duration",
          "datetime",
          "k8sshortname",
          "k8slongname");

  @Override
  public void applyDefaults(ObjectNode definition) {
    ObjectNode spec = Members.object(definition, "spec");
    ObjectNode names = Members.object(spec, "names");
    String kind = names.path("kind").asString("");
    if (!kind.isEmpty()) {
      Members.text(names, "singular", Formats.lower(kind));
      Members.text(names, "listKind", kind + "List");
    }
    Members.text(Members.object(spec, "conversion"), "strategy", "None");
  }

  @Override
  public void prepareCreate(ObjectNode definition) {
    JsonNode spec = definition.path("spec");
    ObjectNode status = definition.putObject("status");
    String created = definition.path("metadata").path("creationTimestamp").asString("");
    ArrayNode conditions = status.putArray("conditions");
    ObjectNode condition = conditions.addObject();
    condition.put("type", "Established");
    condition.put("status", "False");
    condition.put("lastTransitionTime", created.isEmpty() ? null : created);
    condition.put("reason", "NotServed");
    condition.put(
        "message",
        "this server stores the definition but does not serve "
            + spec.path("names").path("plural").asString("")
            + "."
            + spec.path("group").asString(""));
    status.putObject("acceptedNames").put("plural", "").put("kind", "");
    ArrayNode stored = status.putArray("storedVersions");
    for (JsonNode version : spec.path("versions")) {
      if (version.path("storage").asBoolean(false)) {
        stored.add(version.path("name").asString(""));
      }
    }
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode document) {
    Errors errors = new Errors();
    At definition = At.of(document);
    At spec = definition.child("spec");
    At name = definition.child("metadata", "name");
    String required = spec.child("names").text("plural") + "." + spec.text("group");
    if (!name.text().isEmpty() && !name.text().equals(required)) {
      errors.invalid(name, "must be spec.names.plural+\".\"+spec.group");
    }
    group(spec.child("group"), errors);
    At scope = spec.child("scope");
    if (scope.text().isEmpty()) {
      errors.required(scope);
    } else if (!Set.of("Cluster", "Namespaced").contains(scope.text())) {
      errors.notSupported(scope, scope.text(), "Cluster", "Namespaced");
    }
    versions(spec.child("versions"), errors);
    names(spec.child("names"), errors);
    return errors.list();
  }

  private static void group(At group, Errors errors) {
    if (group.text().isEmpty()) {
      errors.required(group);
      return;
    }
    List<String> wrong = Formats.subdomain(group.text());
    if (!wrong.isEmpty()) {
      errors.invalid(group, String.join(",", wrong));
    } else if (!group.text().contains(".")) {
      errors.invalid(group, "should be a domain with at least one dot");
    }
  }

  private static void versions(At versions, Errors errors) {
    Set<String> seen = new LinkedHashSet<>();
    int storage = 0;
    for (At version : versions.items()) {
      At name = version.child("name");
      if (!seen.add(name.text())) {
        errors.invalid(versions, "must contain unique version names");
        break;
      }
      List<String> wrong = Formats.dnsLabel(name.text());
      if (!wrong.isEmpty()) {
        errors.invalid(name, name.text(), String.join(",", wrong));
      }
      storage += version.flag("storage") ? 1 : 0;
      if (!version.child("schema").has("openAPIV3Schema")) {
        errors.required(version.child("schema", "openAPIV3Schema"), "schemas are required");
      }
    }
    if (storage != 1) {
      errors.invalid(versions, "must have exactly one version marked as storage version");
    }
  }

  private static void names(At names, Errors errors) {
    for (String member : List.of("plural", "singular", "kind", "listKind")) {
      At name = names.child(member);
      if (name.text().isEmpty()) {
        errors.required(name);
        continue;
      }
      List<String> wrong = Formats.dnsLabel(Formats.lower(name.text()));
      if (!wrong.isEmpty()) {
        errors.invalid(name, String.join(",", wrong));
      }
    }
    if (!names.text("kind").isEmpty() && names.text("kind").equals(names.text("listKind"))) {
      errors.invalid(names.child("listKind"), "kind and listKind may not be the same");
    }
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode document, ObjectNode old) {
    Errors errors = new Errors();
    errors.addAll(validateCreate(document));
    At spec = At.of(document).child("spec");
    for (String member : List.of("group", "scope")) {
      At at = spec.child(member);
      if (!Semantic.equal(at.node(), old.path("spec").path(member))) {
        errors.invalid(at, "field is immutable");
      }
    }
    return errors.list();
  }

  @Override
  public List<String> warningsOnCreate(ObjectNode definition) {
    Set<String> unknown = new LinkedHashSet<>();
    for (JsonNode version : definition.path("spec").path("versions")) {
      formats(version.path("schema").path("openAPIV3Schema"), unknown);
    }
    List<String> warnings = new ArrayList<>();
    for (String format : unknown) {
      warnings.add("unrecognized format " + GoValue.quoted(format));
    }
    return warnings;
  }

  private static void formats(JsonNode schema, Set<String> unknown) {
    String format = schema.path("format").asString("");
    boolean text = schema.path("type").asString("").equals("string");
    if (text && !format.isEmpty() && !FORMATS.contains(format.replace("-", ""))) {
      unknown.add(format);
    }
    schema.path("properties").forEachEntry((name, property) -> formats(property, unknown));
    for (String one : List.of("items", "additionalProperties", "not")) {
      if (schema.path(one).isObject()) {
        formats(schema.path(one), unknown);
      }
    }
    for (String many : List.of("allOf", "anyOf", "oneOf")) {
      schema.path(many).forEach(child -> formats(child, unknown));
    }
  }

  @Override
  public List<String> warningsOnUpdate(ObjectNode definition, ObjectNode old) {
    Set<String> before = Set.copyOf(warningsOnCreate(old));
    return warningsOnCreate(definition).stream().filter(text -> !before.contains(text)).toList();
  }
}
