package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.kind.Kind;
import garrison.model.rules.check.Annotations;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import garrison.model.rules.check.Labels;
import garrison.model.rules.check.Semantic;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What holds for the metadata of every kind (spec: api-server 10.1). The API server calls these for
 * each write, before the rules of the kind. Pure.
 */
public final class MetadataRules {
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int RANDOM_LETTERS = 5;
  private static final int LONGEST_NAME = 63;

  private static final Set<String> STANDARD_FINALIZERS =
      Set.of("kubernetes", "orphan", "foregroundDeletion");

  /** Groups whose finalizers need no domain, for historical reasons of upstream's. */
  private static final Set<String> FREE_FINALIZERS =
      Set.of("coordination.k8s.io", "node.k8s.io", "policy", "events.k8s.io");

  private static final List<String> IMMUTABLE =
      List.of(
          "name",
          "namespace",
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private MetadataRules() {}

  /** Everything wrong with the metadata of a new object. */
  public static List<FieldError> validateCreate(Kind kind, ObjectNode document) {
    Errors errors = new Errors();
    At metadata = At.of(document).child("metadata");
    name(kind, metadata, errors);
    namespace(kind, metadata, errors);
    common(kind, metadata, errors);
    finalizers(kind, metadata, errors);
    return errors.list();
  }

  /**
   * Everything wrong with the metadata of an update. What the client left out must have been
   * carried over from the old object before.
   */
  public static List<FieldError> validateUpdate(Kind kind, ObjectNode document, ObjectNode old) {
    Errors errors = new Errors();
    At metadata = At.of(document).child("metadata");
    At before = At.of(old).child("metadata");
    if (before.has("deletionTimestamp")) {
      noNewFinalizers(metadata, before, errors);
    }
    if (metadata.number("generation") < before.number("generation")) {
      errors.invalid(
          metadata.child("generation"), metadata.number("generation"), "must not be decremented");
    }
    for (String member : IMMUTABLE) {
      if (!Semantic.equal(metadata.node().path(member), before.node().path(member))) {
        errors.invalid(metadata.child(member), "field is immutable");
      }
    }
    common(kind, metadata, errors);
    finalizers(kind, metadata, errors);
    return errors.list();
  }

  private static void name(Kind kind, At metadata, Errors errors) {
    NameFormat format = NameFormat.of(kind.group(), kind.kind());
    String prefix = metadata.text("generateName");
    if (!prefix.isEmpty()) {
      errors.invalid(metadata.child("generateName"), prefix, format.wrongPrefix(prefix));
    }
    String name = metadata.text("name");
    if (name.isEmpty()) {
      errors.required(metadata.child("name"), "name or generateName is required");
    } else {
      errors.invalid(metadata.child("name"), name, format.wrong(name));
    }
  }

  private static void namespace(Kind kind, At metadata, Errors errors) {
    String namespace = metadata.text("namespace");
    if (!kind.namespaced()) {
      if (!namespace.isEmpty()) {
        errors.forbidden(metadata.child("namespace"), "not allowed on this type");
      }
    } else if (namespace.isEmpty()) {
      errors.required(metadata.child("namespace"));
    } else {
      errors.invalid(metadata.child("namespace"), namespace, Formats.dnsLabel(namespace));
    }
  }

  private static void common(Kind kind, At metadata, Errors errors) {
    errors.nonNegative(metadata.child("generation"));
    Labels.validate(metadata.child("labels"), errors);
    Annotations.validate(metadata.child("annotations"), errors);
    ownerReferences(metadata.child("ownerReferences"), errors);
  }

  private static void ownerReferences(At references, Errors errors) {
    String controller = "";
    for (At reference : references.items()) {
      ownerReference(reference, errors);
      if (reference.flag("controller")) {
        String owner = reference.text("kind") + "/" + reference.text("name");
        if (controller.isEmpty()) {
          controller = owner;
        } else {
          errors.invalid(
              references,
              "Only one reference can have Controller set to true. Found \"true\" in references"
                  + " for "
                  + controller
                  + " and "
                  + owner);
        }
      }
    }
  }

  private static void ownerReference(At reference, Errors errors) {
    String version = reference.text("apiVersion");
    if (version.isEmpty()) {
      errors.required(reference.child("apiVersion"), "must not be empty");
    } else if (version.chars().filter(c -> c == '/').count() > 1 || version.endsWith("/")) {
      errors.invalid(reference.child("apiVersion"), "must be <group>/<version> or <version>");
    }
    for (String member : List.of("kind", "name", "uid")) {
      if (reference.text(member).isEmpty()) {
        errors.required(reference.child(member), "must not be empty");
      }
    }
    if (version.equals("v1") && reference.text("kind").equals("Event")) {
      errors.invalid(reference, "/v1, Kind=Event is disallowed from being an owner");
    }
  }

  private static void finalizers(Kind kind, At metadata, Errors errors) {
    At finalizers = metadata.child("finalizers");
    Set<String> names = new LinkedHashSet<>();
    for (At finalizer : finalizers.items()) {
      names.add(finalizer.text());
      errors.invalid(finalizers, finalizer.text(), Formats.qualifiedName(finalizer.text()));
    }
    if (names.contains("orphan") && names.contains("foregroundDeletion")) {
      errors.invalid(finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
    }
    if (!FREE_FINALIZERS.contains(kind.group())) {
      for (At finalizer : finalizers.items()) {
        standardFinalizer(finalizer, finalizer.text(), errors);
      }
    }
  }

  /** A finalizer without a domain must be one of Kubernetes' own. */
  static void standardFinalizer(At at, String name, Errors errors) {
    if (name.indexOf('/') < 0 && !STANDARD_FINALIZERS.contains(name)) {
      errors.invalid(
          at, name, "name is neither a standard finalizer name nor is it fully qualified");
    }
  }

  private static void noNewFinalizers(At metadata, At before, Errors errors) {
    Set<String> added = new TreeSet<>();
    for (At finalizer : metadata.child("finalizers").items()) {
      added.add(finalizer.text());
    }
    for (At finalizer : before.child("finalizers").items()) {
      added.remove(finalizer.text());
    }
    if (!added.isEmpty()) {
      errors.forbidden(
          metadata.child("finalizers"),
          "no new finalizers can be added if the object is being deleted, found new finalizers"
              + " []string"
              + added.stream().map(GoValue::quoted).collect(Collectors.joining(", ", "{", "}")));
    }
  }

  /** Texts of the Warning headers for the metadata of any write, as the client sent it. */
  public static List<String> warnings(ObjectNode document) {
    List<String> duplicates = new ArrayList<>();
    distinctOwners(document, duplicates);
    return duplicates.isEmpty()
        ? List.of()
        : List.of(
            ".metadata.ownerReferences contains duplicate entries; API server dedups owner"
                + " references in 1.20+, and may reject such requests as early as 1.24; please"
                + " fix your requests; duplicate UID(s) observed: "
                + String.join(", ", duplicates));
  }

  /** Keeps the first of equal owner references. In place. */
  public static void dropDuplicateOwners(ObjectNode document) {
    List<String> duplicates = new ArrayList<>();
    List<JsonNode> distinct = distinctOwners(document, duplicates);
    if (!duplicates.isEmpty()) {
      ArrayNode references = ((ObjectNode) document.path("metadata")).putArray("ownerReferences");
      references.addAll(distinct);
    }
  }

  private static List<JsonNode> distinctOwners(ObjectNode document, List<String> duplicates) {
    List<JsonNode> distinct = new ArrayList<>();
    for (JsonNode reference : document.path("metadata").path("ownerReferences")) {
      if (distinct.contains(reference)) {
        duplicates.add(reference.path("uid").asString(""));
      } else {
        distinct.add(reference);
      }
    }
    return distinct;
  }

  /** A name from a prefix: cut to 58 characters, then five that spell no words. */
  public static String generateName(String prefix, RandomGenerator random) {
    int length = Math.min(prefix.length(), LONGEST_NAME - RANDOM_LETTERS);
    StringBuilder name = new StringBuilder(prefix.substring(0, length));
    for (int i = 0; i < RANDOM_LETTERS; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return name.toString();
  }
}
