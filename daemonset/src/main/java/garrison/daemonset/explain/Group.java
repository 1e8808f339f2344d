package garrison.daemonset.explain;

import java.util.List;

/**
 * Nodes that stand alike for the same reasons. A value.
 *
 * @param state theirs
 * @param findings one for each node, never empty, by the node's name
 */
public record Group(State state, List<NodeFinding> findings) {
  /** The reasons, as of the first node. */
  public List<Cause> causes() {
    return findings.getFirst().causes();
  }

  /** The names of its nodes. */
  public List<String> nodes() {
    return findings.stream().map(NodeFinding::node).toList();
  }

  /** The names of their pods. */
  public List<String> pods() {
    return findings.stream().flatMap(finding -> finding.pods().stream()).toList();
  }

  /** Whether all its nodes have the very same words for the reason at a place. */
  public boolean unanimous(int place) {
    String first = causes().get(place).sentence();
    return findings.stream()
        .allMatch(finding -> finding.causes().get(place).sentence().equals(first));
  }

  /** The reason at a place in words that hold for all its nodes. */
  public String sentence(int place) {
    Cause first = causes().get(place);
    return unanimous(place) ? first.sentence() : first.summary();
  }
}
