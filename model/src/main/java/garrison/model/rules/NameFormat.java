package garrison.model.rules;

import garrison.model.rules.check.Formats;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What metadata.name of a kind must look like (spec: api-server 10.1). */
public enum NameFormat {
  /** A DNS label: at most 63 characters, no dots. */
  DNS_LABEL(Formats::dnsLabel),
  /** A DNS subdomain: at most 253 characters. The usual one. */
  DNS_SUBDOMAIN(Formats::subdomain),
  /** Anything that can stand in a URL between two slashes. */
  PATH_SEGMENT(Formats::pathSegment);

  private static final Set<String> LABEL_KINDS = Set.of("Namespace", "Service");
  private static final Set<String> FREE_KINDS =
      Set.of(
          "Role",
          "RoleBinding",
          "ClusterRole",
          "ClusterRoleBinding",
          "PodDisruptionBudget",
          "CustomResourceDefinition");

  private final Function<String, List<String>> check;

  NameFormat(Function<String, List<String>> check) {
    this.check = check;
  }

  /** The format that a kind's names have. */
  public static NameFormat of(String group, String kind) {
    if (group.isEmpty() && LABEL_KINDS.contains(kind)) {
      return DNS_LABEL;
    }
    // Events of the core group are named by whoever reports them.
    boolean coreEvent = group.isEmpty() && kind.equals("Event");
    return coreEvent || FREE_KINDS.contains(kind) ? PATH_SEGMENT : DNS_SUBDOMAIN;
  }

  /** What is wrong with a name; empty where nothing is. */
  public List<String> wrong(String name) {
    return check.apply(name);
  }

  /** What is wrong with a prefix of generated names. */
  public List<String> wrongPrefix(String prefix) {
    return check.apply(this == PATH_SEGMENT ? prefix : Formats.maskTrailingDash(prefix));
  }
}
