package garrison.model.rules;

import garrison.model.kind.Rules;
import garrison.model.rules.check.At;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Service accounts (spec: api-server 15). Stateless. */
final class ServiceAccountRules implements Rules {
  private static final String ENFORCE = "kubernetes.io/enforce-mountable-secrets";

  @Override
  public List<String> warningsOnCreate(ObjectNode account) {
    At annotations = At.of(account).child("metadata", "annotations");
    return annotations.has(ENFORCE)
        ? List.of(
            annotations.key(ENFORCE).path()
                + ": deprecated in v1.32+; prefer separate namespaces to isolate access to mounted"
                + " secrets")
        : List.of();
  }

  @Override
  public List<String> warningsOnUpdate(ObjectNode account, ObjectNode old) {
    return At.of(old).child("metadata", "annotations").has(ENFORCE)
        ? List.of()
        : warningsOnCreate(account);
  }
}
