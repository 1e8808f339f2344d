package garrison.daemonset.explain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person can do about a cause. A value.
 *
 * @param what in words
 * @param command for a shell, with {@link #NODES}, {@link #PODS} and the like where the names go;
 *     null where there is none
 * @param manifest the lines of the DaemonSet's manifest that do it; null where there are none
 */
public record Fix(String what, @Nullable String command, @Nullable String manifest) {
  /** Where a command names the nodes concerned. */
  public static final String NODES = "{nodes}";

  /** Where a command names one of the nodes concerned. */
  public static final String NODE = "{node}";

  /** Where a command names one of the pods concerned. */
  public static final String POD = "{pod}";

  /** Where a command names the pods concerned. */
  public static final String PODS = "{pods}";

  static Fix run(String what, String command) {
    return new Fix(what, command, null);
  }

  static Fix write(String what, String manifest) {
    return new Fix(what, null, manifest);
  }

  /** Something to do that no command does. */
  static Fix act(String what) {
    return new Fix(what, null, null);
  }

  /** Whether it is another one for other nodes and pods. */
  public boolean ofNames() {
    return command != null && (command.contains("{node") || command.contains("{pod"));
  }

  /** The command for these nodes and pods; null where there is none. */
  public @Nullable String command(List<String> nodes, List<String> pods) {
    return command == null
        ? null
        : command
            .replace(NODES, String.join(" ", nodes))
            .replace(NODE, nodes.isEmpty() ? "NODE" : nodes.getFirst())
            .replace(PODS, String.join(" ", pods))
            .replace(POD, pods.isEmpty() ? "POD" : pods.getFirst());
  }
}
