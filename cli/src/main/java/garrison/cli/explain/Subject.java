package garrison.cli.explain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be explained, as it is written on the command line.
 *
 * @param daemonSet its name
 * @param node the one node in question, null for all
 */
public record Subject(String daemonSet, @Nullable String node) {
  private static final List<String> DAEMON_SETS =
      List.of("daemonset", "daemonsets", "ds", "daemonset.apps", "daemonsets.apps");
  private static final List<String> NODES = List.of("node", "nodes", "no");

  /**
   * Reads {@code daemonset/NAME}, {@code ds NAME}, and {@code node/NODE} or {@code node NODE}
   * behind it.
   *
   * @throws IllegalArgumentException with a sentence that says what to write
   */
  public static Subject of(List<String> words) {
    List<String> parts = new ArrayList<>();
    for (String word : words) {
      int slash = word.indexOf('/');
      if (slash > 0) {
        parts.add(word.substring(0, slash));
        parts.add(word.substring(slash + 1));
      } else {
        parts.add(word);
      }
    }
    boolean daemonSet = parts.size() >= 2 && DAEMON_SETS.contains(parts.get(0));
    boolean node = parts.size() == 4 && NODES.contains(parts.get(2));
    boolean empty = parts.stream().anyMatch(String::isEmpty);
    if (!daemonSet || empty || (parts.size() != 2 && !node)) {
      throw new IllegalArgumentException(
          "cannot read \""
              + String.join(" ", words)
              + "\": write daemonset/NAME, or daemonset/NAME node/NODE");
    }
    return new Subject(parts.get(1), node ? parts.get(3) : null);
  }
}
