package garrison.daemonset.explain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a DaemonSet stands on all nodes, and why. A value.
 *
 * @param namespace of the DaemonSet
 * @param name of the DaemonSet
 * @param overall what concerns the DaemonSet as a whole, most urgent first
 * @param nodes one finding for each node that is there or that pods are for, by name
 */
public record Explanation(
    String namespace, String name, List<Cause> overall, List<NodeFinding> nodes) {
  /** What is longer than this is told in full below the line. */
  private static final int SHORT = 100;

  /** Whether something was found that may be on its way: another look a little later tells. */
  public boolean unsettled() {
    return overall.stream().anyMatch(Explanation::passing)
        || nodes.stream().flatMap(node -> node.causes().stream()).anyMatch(Explanation::passing);
  }

  private static boolean passing(Cause cause) {
    return ControllerCauses.UNSETTLED.contains(cause.code());
  }

  /** The nodes, grouped: by state, in each the largest group first. */
  public List<Group> groups() {
    record Likeness(State state, List<String> reasons) {}
    Map<Likeness, List<NodeFinding>> alike = new LinkedHashMap<>();
    for (NodeFinding finding : nodes) {
      List<String> reasons =
          finding.causes().stream().map(cause -> cause.code() + " " + cause.summary()).toList();
      alike
          .computeIfAbsent(new Likeness(finding.state(), reasons), key -> new ArrayList<>())
          .add(finding);
    }
    return alike.entrySet().stream()
        .map(entry -> new Group(entry.getKey().state(), List.copyOf(entry.getValue())))
        .sorted(
            Comparator.comparing(Group::state)
                .thenComparing(group -> -group.findings().size())
                .thenComparing(group -> group.findings().getFirst().node()))
        .toList();
  }

  /** All of it in one line: {@code 4,812 run · 120 excluded: untolerated taint gpu:NoSchedule}. */
  public String line() {
    if (nodes.isEmpty()) {
      return "there are no nodes";
    }
    // In one line only the first reason has room, so groups that share it are one.
    record Part(State state, String reason) {}
    Map<Part, Integer> parts = new LinkedHashMap<>();
    for (Group group : groups()) {
      Part part = new Part(group.state(), group.causes().isEmpty() ? "" : ": " + inShort(group));
      parts.merge(part, group.findings().size(), Integer::sum);
    }
    return parts.entrySet().stream()
        .sorted(
            Comparator.comparing(
                    (Map.Entry<Part, Integer> part) -> part.getKey().state() != State.RUNS)
                .thenComparing(part -> -part.getValue()))
        .map(part -> part.getKey().state().counted(part.getValue()) + part.getKey().reason())
        .collect(Collectors.joining(" · "));
  }

  private static String inShort(Group group) {
    String sentence = group.sentence(0);
    return sentence.length() <= SHORT ? sentence : group.causes().getFirst().summary();
  }

  /** Only what concerns one node; null where there is nothing of that name. */
  public @Nullable Explanation of(String node) {
    List<NodeFinding> only = nodes.stream().filter(finding -> finding.node().equals(node)).toList();
    return only.isEmpty() ? null : new Explanation(namespace, name, overall, only);
  }
}
