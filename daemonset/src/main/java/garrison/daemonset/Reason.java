package garrison.daemonset;

import garrison.model.NodeSelector;
import garrison.model.Taint;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One reason why a node is not to run a DaemonSet's pod (spec: daemonset 2). A value. */
public sealed interface Reason {
  /** The reason in words, for a person. */
  String sentence();

  /** The template's {@code spec.nodeName} names another node. */
  record OtherNode(String wanted) implements Reason {
    @Override
    public String sentence() {
      return "the template is for node " + wanted + " only";
    }
  }

  /**
   * The node lacks a label of the template's {@code nodeSelector}.
   *
   * @param actual the node's value, null where it has no such label
   */
  record SelectorMismatch(String key, String wanted, @Nullable String actual) implements Reason {
    @Override
    public String sentence() {
      return "nodeSelector wants "
          + key
          + "="
          + wanted
          + (actual == null
              ? ", the node has no such label"
              : ", the node has " + key + "=" + actual);
    }
  }

  /**
   * None of the terms of the required node affinity matches.
   *
   * @param terms one for each term; empty where the affinity has none, and so matches nothing
   */
  record AffinityMismatch(List<TermMismatch> terms) implements Reason {
    @Override
    public String sentence() {
      return terms.isEmpty()
          ? "the required node affinity has no terms, so it matches no node"
          : terms.stream()
              .map(TermMismatch::sentence)
              .collect(Collectors.joining("; ", "no term of the node affinity matches: ", ""));
    }
  }

  /**
   * Why one term does not match.
   *
   * @param error why it cannot be read, and so never matches; null where it can
   * @param failed the comparisons that do not hold; empty for a term that is empty or unreadable
   */
  record TermMismatch(@Nullable String error, List<NodeSelector.Expression> failed) {
    String sentence() {
      if (error != null) {
        return "a term that cannot be read (" + error + ")";
      }
      return failed.isEmpty()
          ? "an empty term"
          : failed.stream().map(TermMismatch::text).collect(Collectors.joining(" and "));
    }

    private static String text(NodeSelector.Expression expression) {
      return expression.values().isEmpty()
          ? expression.key() + " " + expression.operator()
          : expression.key()
              + " "
              + expression.operator()
              + " ["
              + String.join(", ", expression.values())
              + "]";
    }
  }

  /** A taint of effect NoSchedule or NoExecute that nothing tolerates. */
  record UntoleratedTaint(Taint taint) implements Reason {
    @Override
    public String sentence() {
      return "untolerated taint " + taint.describe();
    }
  }
}
