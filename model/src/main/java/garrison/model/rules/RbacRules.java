package garrison.model.rules;

import garrison.model.FieldError;
import garrison.model.json.Json;
import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import garrison.model.rules.check.Members;
import garrison.model.rules.check.Semantic;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Roles and bindings, of one namespace and of the cluster (spec: api-server 2). Stateless. */
final class RbacRules {
  private static final String GROUP = "rbac.authorization.k8s.io";

  private RbacRules() {}

  /** Roles. */
  static Rules role(boolean namespaced) {
    return new Role(namespaced);
  }

  /** Bindings of roles. */
  static Rules binding(boolean namespaced) {
    return new Binding(namespaced);
  }

  private record Role(boolean namespaced) implements Rules {
    @Override
    public List<FieldError> validateCreate(ObjectNode document) {
      Errors errors = new Errors();
      At role = At.of(document);
      role.child("rules").items().forEach(rule -> rule(rule, errors));
      At selectors = role.child("aggregationRule", "clusterRoleSelectors");
      if (!namespaced && role.has("aggregationRule")) {
        if (!selectors.filled()) {
          errors.required(
              selectors, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }
        selectors.items().forEach(selector -> Labels.validateSelector(selector, errors));
      }
      return errors.list();
    }

    private void rule(At rule, Errors errors) {
      if (!rule.child("verbs").filled()) {
        errors.required(rule.child("verbs"), "verbs must contain at least one value");
      }
      At urls = rule.child("nonResourceURLs");
      boolean resources =
          rule.child("apiGroups").filled()
              || rule.child("resources").filled()
              || rule.child("resourceNames").filled();
      if (urls.filled()) {
        if (namespaced) {
          errors.invalid(urls, "namespaced rules cannot apply to non-resource URLs");
        }
        if (resources) {
          errors.invalid(
              urls, "rules cannot apply to both regular resources and non-resource URLs");
        }
        return;
      }
      if (!rule.child("apiGroups").filled()) {
        errors.required(
            rule.child("apiGroups"), "resource rules must supply at least one api group");
      }
      if (!rule.child("resources").filled()) {
        errors.required(
            rule.child("resources"), "resource rules must supply at least one resource");
      }
    }
  }

  private record Binding(boolean namespaced) implements Rules {
    @Override
    public void applyDefaults(ObjectNode binding) {
      Members.with(binding, "roleRef", role -> Members.text(role, "apiGroup", GROUP));
      Members.each(
          binding,
          "subjects",
          subject -> {
            String kind = subject.path("kind").asString("");
            if (kind.equals("User") || kind.equals("Group")) {
              Members.text(subject, "apiGroup", GROUP);
            }
          });
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode document) {
      Errors errors = new Errors();
      validate(At.of(document), errors);
      return errors.list();
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode document, ObjectNode old) {
      Errors errors = new Errors();
      validate(At.of(document), errors);
      At role = At.of(document).child("roleRef");
      if (!Semantic.equal(role.node(), old.path("roleRef"))) {
        errors.invalid(role, internal(role), "field is immutable");
      }
      return errors.list();
    }

    private static ObjectNode internal(At role) {
      ObjectNode internal = Json.object();
      internal.put("APIGroup", role.text("apiGroup"));
      internal.put("Kind", role.text("kind"));
      internal.put("Name", role.text("name"));
      return internal;
    }

    private void validate(At binding, Errors errors) {
      At role = binding.child("roleRef");
      oneOf(role.child("apiGroup"), errors, GROUP);
      if (namespaced) {
        oneOf(role.child("kind"), errors, "Role", "ClusterRole");
      } else {
        oneOf(role.child("kind"), errors, "ClusterRole");
      }
      At name = role.child("name");
      if (name.text().isEmpty()) {
        errors.required(name);
      } else {
        errors.invalid(name, Formats.pathSegment(name.text()));
      }
      binding.child("subjects").items().forEach(subject -> subject(subject, errors));
    }

    private void subject(At subject, Errors errors) {
      At name = subject.child("name");
      if (name.text().isEmpty()) {
        errors.required(name);
      }
      switch (subject.text("kind")) {
        case "ServiceAccount" -> {
          if (!name.text().isEmpty()) {
            errors.invalid(name, Formats.subdomain(name.text()));
          }
          if (!subject.text("apiGroup").isEmpty()) {
            oneOf(subject.child("apiGroup"), errors, "");
          }
          if (!namespaced && subject.text("namespace").isEmpty()) {
            errors.required(subject.child("namespace"));
          }
        }
        case "User", "Group" -> oneOf(subject.child("apiGroup"), errors, GROUP);
        default -> oneOf(subject.child("kind"), errors, "ServiceAccount", "User", "Group");
      }
    }

    private static void oneOf(At at, Errors errors, String... allowed) {
      if (!Arrays.asList(allowed).contains(at.text())) {
        errors.notSupported(at, at.text(), allowed);
      }
    }
  }
}
