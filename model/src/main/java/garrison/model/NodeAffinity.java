package garrison.model;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which nodes a pod spec demands: its {@code nodeSelector} and its required node affinity, both of
 * which must hold (spec: daemonset 2.2). Immutable.
 *
 * @param nodeSelector exact labels
 * @param required null where there is no required affinity at all, which matches everything
 */
public record NodeAffinity(Map<String, String> nodeSelector, @Nullable NodeSelector required) {
  /** Reads it from a pod spec. */
  public static NodeAffinity of(JsonNode podSpec) {
    JsonNode required =
        podSpec
            .path("affinity")
            .path("nodeAffinity")
            .path("requiredDuringSchedulingIgnoredDuringExecution");
    return new NodeAffinity(
        Fields.texts(podSpec.path("nodeSelector")),
        required.isObject() ? NodeSelector.of(required) : null);
  }

  /** Whether the node has all labels of nodeSelector. */
  public boolean matchesSelector(Map<String, String> labels) {
    for (Map.Entry<String, String> wanted : nodeSelector.entrySet()) {
      if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a node meets both. */
  public boolean matches(Map<String, String> labels, String nodeName) {
    return matchesSelector(labels) && (required == null || required.matches(labels, nodeName));
  }

  /** The labels whose values can change the answer. */
  public Set<String> labelKeys() {
    Set<String> keys = new TreeSet<>(nodeSelector.keySet());
    if (required != null) {
      for (NodeSelector.Term term : required.terms()) {
        term.expressions().forEach(expression -> keys.add(expression.key()));
      }
    }
    return keys;
  }

  /**
   * The only nodes that can match, where every term names some; null where one names none. Empty
   * where the names of each term contradict one another.
   */
  public @Nullable Set<String> names() {
    if (required == null || required.terms().isEmpty()) {
      return null;
    }
    Set<String> names = new TreeSet<>();
    for (NodeSelector.Term term : required.terms()) {
      Set<String> ofTerm = null;
      for (NodeSelector.Expression field : term.fields()) {
        if (field.key().equals("metadata.name") && field.operator().equals("In")) {
          if (ofTerm == null) {
            ofTerm = new TreeSet<>(field.values());
          } else {
            ofTerm.retainAll(field.values());
          }
        }
      }
      if (ofTerm == null) {
        return null;
      }
      names.addAll(ofTerm);
    }
    return names;
  }

  /** Whether the node's name can change the answer. */
  public boolean readsName() {
    return required != null && required.terms().stream().anyMatch(term -> !term.fields().isEmpty());
  }
}
