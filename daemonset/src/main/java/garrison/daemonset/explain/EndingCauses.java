package garrison.daemonset.explain;

import garrison.model.Condition;
import garrison.model.Node;
import garrison.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pod that was deleted still waits for. */
final class EndingCauses {
  private final Observed observed;
  private final Commands commands;

  EndingCauses(Observed observed, Commands commands) {
    this.observed = observed;
    this.commands = commands;
  }

  /** The reasons of a terminating pod; {@code node} is null where it is gone. */
  List<Cause> of(Pod pod, @Nullable Node node) {
    List<Cause> causes = new ArrayList<>();
    Instant end = pod.meta().deletionTimestamp();
    Instant now = observed.now();
    boolean over = pod.terminal();
    if (!over && end != null) {
      if (node == null && !pod.nodeName().isEmpty()) {
        causes.add(gone());
      } else if (node != null && silent(node)) {
        causes.add(silentNode(end));
      } else if (end.isAfter(now)) {
        String left = Amounts.length(Duration.between(now, end));
        causes.add(
            Cause.of(
                "grace",
                "the pod is ending, within its grace period",
                "the pod is ending; its grace period runs for another " + left,
                List.of()));
      } else {
        causes.add(overdue(end));
      }
    }
    if (!pod.meta().finalizers().isEmpty()) {
      causes.add(finalizers(pod));
    }
    return causes;
  }

  private static boolean silent(Node node) {
    Condition ready = node.condition("Ready");
    return ready == null || ready.status().equals("Unknown");
  }

  /** The pod of a node that is gone, deleted or not. */
  Cause gone() {
    return Cause.of(
        "node_gone",
        "the node is gone; garbage collection takes the pod away about a minute after it",
        Fix.run(
            "or take it away now",
            commands.kubectl("delete pod " + Fix.PODS + " --grace-period=0 --force")));
  }

  private Cause silentNode(Instant end) {
    String summary =
        "the pod was deleted, and its node is silent: only the node could say that it has ended";
    String since = end.isAfter(observed.now()) ? "" : " (due " + ago(end) + ")";
    return Cause.of(
        "stuck_terminating",
        summary,
        summary + since,
        List.of(
            Fix.act("bring the machine back: its agent or kubelet then ends the pod"),
            Fix.run("if the machine is gone for good", "kubectl delete node " + Fix.NODES),
            Fix.run(
                "or, if you know that the pod no longer runs",
                commands.kubectl("delete pod " + Fix.PODS + " --grace-period=0 --force"))));
  }

  private Cause overdue(Instant end) {
    String summary = "the pod should have ended, and its node is still at it";
    return Cause.of(
        "stuck_terminating",
        summary,
        summary + " (due " + ago(end) + ")",
        List.of(
            Fix.run("see what the node says of it", commands.kubectl("describe pod " + Fix.POD)),
            Fix.run(
                "or, if you know that the pod no longer runs",
                commands.kubectl("delete pod " + Fix.PODS + " --grace-period=0 --force"))));
  }

  private String ago(Instant then) {
    return Amounts.since(then, observed.now()) + " ago";
  }

  private Cause finalizers(Pod pod) {
    return Cause.of(
        "finalizers",
        "the pod was deleted and is kept by its finalizers "
            + String.join(", ", pod.meta().finalizers()),
        Fix.act("see that what set them runs: it takes them away once its own work is done"),
        Fix.run(
            "or give that work up",
            commands.kubectl(
                "patch pod "
                    + Fix.POD
                    + " --type=merge -p '{\"metadata\":{\"finalizers\":null}}'")));
  }
}
