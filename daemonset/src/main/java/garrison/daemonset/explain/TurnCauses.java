package garrison.daemonset.explain;

import garrison.daemonset.Fleet;
import garrison.daemonset.RolloutPlan;
import garrison.model.DaemonSet;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What an old pod waits for before it is replaced: the plan's budget, and who uses it up. */
final class TurnCauses {
  private static final int MOST_NAMED = 5;

  /** What passes by itself, and needs nobody's hand. */
  private static final Set<String> PASSING =
      Set.of("starting", "grace", "min_ready", "being_scheduled", "being_made", "not_ready");

  private final DaemonSet daemonSet;
  private final Commands commands;
  private final ControllerCauses controller;

  TurnCauses(DaemonSet daemonSet, Commands commands, ControllerCauses controller) {
    this.daemonSet = daemonSet;
    this.commands = commands;
    this.controller = controller;
  }

  /** The one reason of all nodes that wait; {@code findings} tell of those that do not. */
  Cause of(Fleet fleet, List<NodeFinding> findings) {
    RolloutPlan.Budget budget = fleet.plan().budget(fleet);
    if (budget == null) {
      return daemonSet.onDelete() ? onDelete() : unreadable();
    }
    List<NodeFinding> holders =
        findings.stream()
            .filter(finding -> budget.holders().contains(fleet.standing(finding.node())))
            .toList();
    if (holders.size() < budget.limit()) {
      Cause unobserved = controller.unobserved();
      return unobserved == null ? controller.unreplaced() : unobserved;
    }
    String bound = budget.surge() ? "maxSurge" : "maxUnavailable";
    String what =
        "waits for its turn: "
            + bound
            + " allows "
            + budget.limit()
            + (budget.limit() == 1
                ? budget.surge()
                    ? " new pod that is not available yet"
                    : " node without an available pod"
                : budget.surge()
                    ? " new pods that are not available yet"
                    : " nodes without an available pod")
            + ", and so many there are";
    return Cause.of("turn", what, what + ": " + named(holders), fixes(holders, budget, bound));
  }

  private Cause onDelete() {
    ObjectNode patch = Json.object();
    patch.putObject("spec").putObject("updateStrategy").put("type", "RollingUpdate");
    return Cause.of(
        "on_delete",
        "paused by OnDelete: a pod is replaced only once somebody deletes it",
        Fix.run("replace it", commands.kubectl("delete pod " + Fix.PODS)),
        Fix.run("or let the controller replace them all in turn", commands.merge(patch)));
  }

  private Cause unreadable() {
    ObjectNode patch = Json.object();
    patch
        .putObject("spec")
        .putObject("updateStrategy")
        .putObject("rollingUpdate")
        .put("maxUnavailable", 1);
    return Cause.of(
        "unreadable_strategy",
        "the roll-out's maxUnavailable is neither a number nor a percentage",
        Fix.run("name one", commands.merge(patch)));
  }

  private static String named(List<NodeFinding> holders) {
    List<String> names = new ArrayList<>();
    // Those that need somebody's hand first.
    for (boolean passing : new boolean[] {false, true}) {
      for (NodeFinding holder : holders) {
        if (passes(holder) == passing && names.size() < MOST_NAMED) {
          names.add(
              holder.node()
                  + (holder.causes().isEmpty()
                      ? ""
                      : " (" + holder.causes().getFirst().sentence() + ")"));
        }
      }
    }
    int more = holders.size() - names.size();
    return String.join(", ", names) + (more == 0 ? "" : " and " + more + " more");
  }

  private static boolean passes(NodeFinding holder) {
    return holder.causes().stream().allMatch(cause -> PASSING.contains(cause.code()));
  }

  private List<Fix> fixes(List<NodeFinding> holders, RolloutPlan.Budget budget, String bound) {
    List<Fix> fixes = new ArrayList<>();
    int stuck = 0;
    for (NodeFinding holder : holders) {
      if (passes(holder)) {
        continue;
      }
      stuck++;
      Fix first = firstFix(holder);
      if (first != null && fixes.size() < MOST_NAMED) {
        fixes.add(
            new Fix(
                holder.node() + ": " + first.what(),
                first.command(List.of(holder.node()), holder.pods()),
                first.manifest()));
      }
    }
    if (stuck > 0) {
      ObjectNode patch = Json.object();
      patch
          .putObject("spec")
          .putObject("updateStrategy")
          .putObject("rollingUpdate")
          .put(bound, budget.limit() + stuck);
      fixes.add(
          Fix.run(
              "or go on without "
                  + (stuck == 1 ? "it" : "them")
                  + ": allow as many more as are stuck",
              commands.merge(patch)));
    }
    return fixes;
  }

  private static @Nullable Fix firstFix(NodeFinding holder) {
    for (Cause cause : holder.causes()) {
      if (!cause.fixes().isEmpty()) {
        return cause.fixes().getFirst();
      }
    }
    return null;
  }
}
