package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.Quantity;
import garrison.model.json.Json;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.IpFormats;
import garrison.model.rules.check.Members;
import garrison.model.rules.pod.ResourceNames;
import garrison.model.rules.pod.TolerationRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Nodes (spec: api-server 15). What they report at creation is kept. Stateless. */
final class NodeRules implements Rules {
  private static final Pattern FEATURE =
      Pattern.compile("[A-Z][A-Za-z0-9]*+(?:/[A-Za-z][A-Za-z0-9]*+)*+");
  private static final int LONGEST_FEATURE = 253;
  private static final String RANGES_FROZEN =
      "node updates may not change podCIDR except from \"\" to valid";

  @Override
  public void applyDefaults(ObjectNode node) {
    Members.with(
        node,
        "status",
        status -> {
          if (Members.absent(status, "allocatable") && status.path("capacity").isObject()) {
            status.set("allocatable", status.path("capacity").deepCopy());
          }
        });
    Members.with(node, "spec", NodeRules::mirrorRanges);
  }

  /** The one range of addresses and the list of them say the same. In place. */
  private static void mirrorRanges(ObjectNode spec) {
    String range = spec.path("podCIDR").asString("");
    String first = spec.path("podCIDRs").path(0).asString("");
    if (!range.isEmpty() && !range.equals(first)) {
      spec.putArray("podCIDRs").add(range);
    } else if (range.isEmpty() && !first.isEmpty()) {
      spec.put("podCIDR", first);
    }
  }

  @Override
  public List<FieldError> validateCreate(ObjectNode node) {
    Errors errors = new Errors();
    At at = At.of(node);
    // Taints are reported beside the metadata, where they stood long ago.
    TolerationRules.taints(taints(at), errors);
    resources(at, errors);
    features(at.child("status", "declaredFeatures"), errors);
    At ranges = at.child("spec", "podCIDRs");
    Set<Boolean> families = new HashSet<>();
    for (At range : ranges.items()) {
      errors.invalid(range, IpFormats.range(range.text()));
      families.add(IpFormats.isV6(range.text()));
    }
    if (ranges.node().size() > 1 && families.size() != ranges.node().size()) {
      errors.invalid(ranges, "may specify no more than one CIDR for each IP family");
    }
    return errors.list();
  }

  private static At taints(At node) {
    return new At("metadata.taints", node.child("spec", "taints").node());
  }

  private static void resources(At node, Errors errors) {
    for (String list : List.of("capacity", "allocatable")) {
      At resources = node.child("status", list);
      resources.entries(
          (name, at) -> {
            At reported = new At(resources.path() + "." + name, at.node());
            ResourceNames.quantity(reported, name, Quantity.parse(at.text()), errors);
          });
    }
  }

  private static void features(At features, Errors errors) {
    String previous = "";
    for (At feature : features.items()) {
      String name = feature.text();
      if (Formats.bytes(name) > LONGEST_FEATURE) {
        errors.invalid(
            feature,
            "invalid feature name \""
                + name
                + "\": must be no more than "
                + LONGEST_FEATURE
                + " characters");
      } else if (!FEATURE.matcher(name).matches()) {
        errors.invalid(
            feature,
            "invalid feature name \""
                + name
                + "\": must start with an UpperCamelCase segment, with subsequent segments"
                + " separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only"
                + " alphanumeric characters and slashes");
      }
      if (name.equals(previous)) {
        errors.duplicate(feature, name);
      } else if (name.compareTo(previous) < 0) {
        errors.invalid(feature, "list must be sorted alphabetically");
      }
      previous = name;
    }
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode node, ObjectNode old) {
    Errors errors = new Errors();
    At at = At.of(node);
    resources(at, errors);
    features(at.child("status", "declaredFeatures"), errors);
    addresses(at.child("status", "addresses"), errors);
    ranges(at.child("spec", "podCIDRs"), old.path("spec").path("podCIDRs"), errors);
    provider(at.child("spec", "providerID"), At.of(old).child("spec").text("providerID"), errors);
    TolerationRules.taints(taints(at), errors);
    if (!at.child("spec").text("externalID").equals(At.of(old).child("spec").text("externalID"))) {
      errors.forbidden(at.child("spec", "externalID"), "may not be updated");
    }
    return errors.list();
  }

  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode node, ObjectNode old) {
    return validateUpdate(node, old);
  }

  private static void addresses(At addresses, Errors errors) {
    Set<String> seen = new HashSet<>();
    for (At address : addresses.items()) {
      if (!seen.add(address.text("type") + " " + address.text("address"))) {
        ObjectNode internal = Json.object();
        internal.put("Type", address.text("type")).put("Address", address.text("address"));
        errors.duplicate(address, internal);
      }
    }
  }

  private static void ranges(At ranges, JsonNode old, Errors errors) {
    if (old.isEmpty()) {
      return;
    }
    if (old.size() != ranges.node().size()) {
      errors.forbidden(ranges, RANGES_FROZEN);
      return;
    }
    for (int i = 0; i < old.size(); i++) {
      if (!old.path(i).equals(ranges.node().path(i))) {
        errors.forbidden(ranges, RANGES_FROZEN);
      }
    }
  }

  private static void provider(At provider, String old, Errors errors) {
    if (old.isEmpty() || old.equals(provider.text())) {
      return;
    }
    String why =
        provider.text().isEmpty()
            ? "field cannot be cleared once set"
            : "field cannot be modified once set";
    errors.invalid(provider, null, why);
  }

  @Override
  public List<String> warningsOnCreate(ObjectNode node) {
    List<String> warnings = new ArrayList<>();
    At spec = At.of(node).child("spec");
    if (spec.has("configSource")) {
      warnings.add("spec.configSource: the feature is no longer supported");
    }
    if (!spec.text("externalID").isEmpty()) {
      warnings.add("spec.externalID: this field is deprecated, and is unused by Kubernetes");
    }
    return warnings;
  }

  @Override
  public List<String> warningsOnUpdate(ObjectNode node, ObjectNode old) {
    return warningsOnCreate(node);
  }
}
