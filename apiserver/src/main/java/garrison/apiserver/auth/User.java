package garrison.apiserver.auth;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request, as authentication found out.
 *
 * @param name such as {@code system:node:n1}
 * @param uid empty where the credential carries none
 * @param groups such as {@code system:nodes}
 * @param extra further facts from the credential
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  private static final String NODE_PREFIX = "system:node:";

  /** The administrator, allowed everything. */
  public static final User ADMIN =
      new User("admin", "", List.of("system:masters", "system:authenticated"), Map.of());

  /** A request without credentials. */
  public static final User ANONYMOUS =
      new User("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

  /** A loop that runs beside the server, as a service account of kube-system. */
  public static User loop(String loop) {
    return new User(
        "system:serviceaccount:kube-system:" + loop,
        "",
        List.of(
            "system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"),
        Map.of());
  }

  /** A node's agent. */
  public static User node(String node) {
    return new User(
        NODE_PREFIX + node, "", List.of("system:nodes", "system:authenticated"), Map.of());
  }

  /** Whether the user is a member of a group. */
  public boolean in(String group) {
    return groups.contains(group);
  }

  /** The node whose agent this is, null for anybody else. */
  public @Nullable String nodeName() {
    return in("system:nodes") && name.startsWith(NODE_PREFIX)
        ? name.substring(NODE_PREFIX.length())
        : null;
  }
}
