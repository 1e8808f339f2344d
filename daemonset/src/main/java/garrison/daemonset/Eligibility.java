package garrison.daemonset;

import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.NodeAffinity;
import garrison.model.NodeSelector;
import garrison.model.Taint;
import garrison.model.Toleration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Judges nodes for one pod template (spec: daemonset 2): its nodeName, nodeSelector, required node
 * affinity and tolerations against the node's name, labels and taints. Nothing else of a node takes
 * part.
 *
 * <p>Guarantees: the same node gets an equal verdict every time; nodes that look alike to the
 * template share one verdict object. Not thread-safe: the verdicts are remembered.
 */
public final class Eligibility {
  /** Where more kinds of nodes than this are met, verdicts are not worth remembering. */
  private static final int MOST_REMEMBERED = 4096;

  private final String nodeName;
  private final NodeAffinity affinity;
  private final List<Toleration> tolerations;
  private final List<String> askedLabels;
  private final boolean asksName;
  private final Map<LookAlike, Verdict> remembered = new HashMap<>();

  private Eligibility(JsonNode podSpec) {
    this.nodeName = podSpec.path("nodeName").asString("");
    this.affinity = NodeAffinity.of(podSpec);
    this.tolerations = PodTemplate.tolerations(podSpec);
    Set<String> labels = affinity.labelKeys();
    this.askedLabels = List.copyOf(labels);
    this.asksName = !nodeName.isEmpty() || affinity.readsName();
  }

  /** All that the template can see of a node, but its name. */
  private record LookAlike(List<@Nullable String> labels, List<Taint> taints) {}

  /** The judge for a DaemonSet's present template. */
  public static Eligibility of(DaemonSet daemonSet) {
    return new Eligibility(daemonSet.templateSpec());
  }

  /** One verdict, for who needs only one. */
  public static Verdict of(DaemonSet daemonSet, Node node) {
    return of(daemonSet).judge(node);
  }

  /** Whether another template asks the same of nodes, so that verdicts stay as they are. */
  boolean asksSameAs(Eligibility other) {
    return nodeName.equals(other.nodeName)
        && affinity.equals(other.affinity)
        && tolerations.equals(other.tolerations);
  }

  /** The verdict on a node, with every reason. */
  public Verdict judge(Node node) {
    if (asksName) {
      return examine(node);
    }
    LookAlike look = lookOf(node);
    Verdict known = remembered.get(look);
    if (known == null) {
      known = examine(node);
      if (remembered.size() < MOST_REMEMBERED) {
        remembered.put(look, known);
      }
    }
    return known;
  }

  private LookAlike lookOf(Node node) {
    List<@Nullable String> labels = new ArrayList<>(askedLabels.size());
    for (String key : askedLabels) {
      labels.add(node.labels().get(key));
    }
    return new LookAlike(labels, node.taints());
  }

  private Verdict examine(Node node) {
    List<Reason> reasons = new ArrayList<>(0);
    if (!nodeName.isEmpty() && !nodeName.equals(node.name())) {
      reasons.add(new Reason.OtherNode(nodeName));
    }
    affinity
        .nodeSelector()
        .forEach(
            (key, wanted) -> {
              String actual = node.labels().get(key);
              if (!wanted.equals(actual)) {
                reasons.add(new Reason.SelectorMismatch(key, wanted, actual));
              }
            });
    NodeSelector required = affinity.required();
    if (required != null && !required.matches(node.labels(), node.name())) {
      reasons.add(new Reason.AffinityMismatch(mismatches(required, node)));
    }
    boolean excluded = !reasons.isEmpty();
    for (Taint taint : node.taints()) {
      boolean noExecute = taint.effect().equals(Taint.NO_EXECUTE);
      if ((noExecute || taint.effect().equals(Taint.NO_SCHEDULE)) && !tolerates(taint)) {
        reasons.add(new Reason.UntoleratedTaint(taint));
        excluded |= noExecute;
      }
    }
    if (reasons.isEmpty()) {
      return Verdict.Runs.RUNS;
    }
    List<Reason> all = List.copyOf(reasons);
    return excluded ? new Verdict.Excluded(all) : new Verdict.Stays(all);
  }

  private boolean tolerates(Taint taint) {
    for (Toleration toleration : tolerations) {
      if (toleration.tolerates(taint)) {
        return true;
      }
    }
    return false;
  }

  private static List<Reason.TermMismatch> mismatches(NodeSelector required, Node node) {
    List<Reason.TermMismatch> mismatches = new ArrayList<>();
    for (NodeSelector.Term term : required.terms()) {
      List<NodeSelector.Expression> failed = new ArrayList<>();
      if (term.error() == null) {
        for (NodeSelector.Expression expression : term.expressions()) {
          if (!holds(List.of(expression), List.of(), node)) {
            failed.add(expression);
          }
        }
        for (NodeSelector.Expression field : term.fields()) {
          if (!holds(List.of(), List.of(field), node)) {
            failed.add(field);
          }
        }
      }
      mismatches.add(new Reason.TermMismatch(term.error(), List.copyOf(failed)));
    }
    return List.copyOf(mismatches);
  }

  private static boolean holds(
      List<NodeSelector.Expression> expressions, List<NodeSelector.Expression> fields, Node node) {
    NodeSelector alone =
        new NodeSelector(List.of(new NodeSelector.Term(expressions, fields, null)));
    return alone.matches(node.labels(), node.name());
  }
}
