package garrison.agent.session;

import garrison.agent.Refusal;
import garrison.agent.runtime.SessionSpec;
import java.util.List;
import java.util.Map;

/**
 * Which session is wanted (spec: node-agent 3.15).
 *
 * @param command empty to attach to the container's own program
 * @param uid of the pod; empty for whichever has the name
 */
public record SessionRequest(
    String namespace,
    String pod,
    String uid,
    String container,
    List<String> command,
    SessionSpec spec) {
  private static final int SHORT = 4;
  private static final int LONG = 5;

  /** Whether a path is that of a session: {@code exec|attach/NAMESPACE/POD[/UID]/CONTAINER}. */
  public static boolean isFor(List<String> path) {
    return (path.getFirst().equals("exec") || path.getFirst().equals("attach"))
        && (path.size() == SHORT || path.size() == LONG);
  }

  /**
   * From the parts of a path and the parameters of a URL.
   *
   * @throws Refusal 400 where no stream is asked for, or no command
   */
  public static SessionRequest of(List<String> path, Map<String, List<String>> query)
      throws Refusal {
    boolean tty = flag(query, "tty");
    SessionSpec spec =
        new SessionSpec(
            flag(query, "input"), flag(query, "output"), flag(query, "error") && !tty, tty);
    if (!spec.stdin() && !spec.stdout() && !spec.stderr()) {
      throw new Refusal(400, "you must specify at least 1 of stdin, stdout, stderr");
    }
    boolean exec = path.getFirst().equals("exec");
    List<String> command = exec ? query.getOrDefault("command", List.of()) : List.of();
    if (exec && (command.isEmpty() || command.getFirst().isEmpty())) {
      throw new Refusal(400, "you must specify a command to run");
    }
    return new SessionRequest(
        path.get(1),
        path.get(2),
        path.size() == LONG ? path.get(3) : "",
        path.getLast(),
        List.copyOf(command),
        spec);
  }

  private static boolean flag(Map<String, List<String>> query, String name) {
    String value = query.getOrDefault(name, List.of("")).getFirst();
    return value.equals("1") || value.equals("true");
  }
}
