package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Rules;
import garrison.model.kind.Trait;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A write without a server: what the server does around the rules (spec: api-server 10.2), as far
 * as a document shows it, with admission left out.
 *
 * @param document as it would be stored
 * @param errors what is wrong with it, each once
 * @param warnings the texts of the Warning headers
 */
record Write(ObjectNode document, List<FieldError> errors, List<String> warnings) {
  static final String NOW = "2026-01-01T00:00:00Z";

  /** A POST of {@code sent} to {@code namespace}, which a cluster-scoped kind ignores. */
  static Write create(Kind kind, String namespace, JsonNode sent) {
    List<String> warnings = new ArrayList<>();
    ObjectNode document = Decoding.decode(kind, sent, warnings::add);
    ObjectNode metadata = document.withObject("metadata");
    warnings.addAll(MetadataRules.warnings(document));
    MetadataRules.dropDuplicateOwners(document);
    if (kind.namespaced()) {
      metadata.put("namespace", namespace);
    }
    metadata.put("creationTimestamp", NOW);
    if (kind.has(Trait.GENERATION)) {
      metadata.put("generation", 1);
    }
    Rules rules = kind.rules();
    rules.applyDefaults(document);
    rules.prepareCreate(document);
    LinkedHashSet<FieldError> errors =
        new LinkedHashSet<>(MetadataRules.validateCreate(kind, document));
    errors.addAll(rules.validateCreate(document));
    if (errors.isEmpty()) {
      warnings.addAll(rules.warningsOnCreate(document));
    }
    return new Write(Decoding.canonical(kind, document), List.copyOf(errors), warnings);
  }

  /** A merge of {@code patch} into {@code old}; {@code subresource} is empty or {@code status}. */
  static Write patch(Kind kind, String subresource, ObjectNode old, JsonNode patch) {
    return update(kind, subresource, old, Decoding.merged(old, patch));
  }

  /** A PUT of {@code sent} in the place of {@code old}. */
  static Write update(Kind kind, String subresource, ObjectNode old, JsonNode sent) {
    List<String> warnings = new ArrayList<>();
    ObjectNode document = Decoding.decode(kind, sent, warnings::add);
    Rules rules = kind.rules();
    rules.applyDefaults(document);
    LinkedHashSet<FieldError> errors = new LinkedHashSet<>();
    if (subresource.isEmpty()) {
      if (kind.subresource("status") != null && old.has("status")) {
        document.set("status", old.path("status").deepCopy());
      }
      rules.prepareUpdate(document, old);
      errors.addAll(MetadataRules.validateUpdate(kind, document, old));
      errors.addAll(rules.validateUpdate(document, old));
      warnings.addAll(rules.warningsOnUpdate(document, old));
    } else if (subresource.equals("ephemeralcontainers")) {
      JsonNode debugging = document.path("spec").path("ephemeralContainers");
      document = old.deepCopy();
      document.withObject("spec").set("ephemeralContainers", debugging);
      errors.addAll(MetadataRules.validateUpdate(kind, document, old));
      errors.addAll(rules.validatePartUpdate(subresource, document, old));
    } else {
      if (old.has("spec")) {
        document.set("spec", old.path("spec").deepCopy());
      }
      rules.prepareStatusUpdate(document, old);
      errors.addAll(MetadataRules.validateUpdate(kind, document, old));
      errors.addAll(rules.validateStatusUpdate(document, old));
    }
    return new Write(Decoding.canonical(kind, document), List.copyOf(errors), warnings);
  }

  /** The kind at this URL path, and the namespace in it. */
  static Place place(String path) {
    String[] parts = path.split("\\?")[0].substring(1).split("/");
    int at = parts[0].equals("api") ? 2 : 3;
    String group = parts[0].equals("api") ? "" : parts[1];
    String namespace = "";
    if (parts[at].equals("namespaces") && parts.length > at + 2) {
      namespace = parts[at + 1];
      at += 2;
    }
    Kind kind = Kinds.byPlural(group, parts[at - 1 - (namespace.isEmpty() ? 0 : 2)], parts[at]);
    String subresource = parts.length > at + 2 ? parts[at + 2] : "";
    String name = parts.length > at + 1 ? parts[at + 1] : "";
    return new Place(kind, namespace, name, subresource);
  }

  /** Where a request goes; {@code kind} is null where Garrison has no such kind. */
  record Place(@Nullable Kind kind, String namespace, String name, String subresource) {}
}
