package garrison.daemonset.explain;

import garrison.model.Pod;
import java.util.List;

/** Why a node refused a pod or ended it: phase Failed (spec: daemonset 9.1, 4.4). */
final class AdmissionCauses {
  private static final String AGAIN =
      "; the controller deletes the pod and tries again, after 1 s and then ever longer waits";

  private final Commands commands;

  AdmissionCauses(Commands commands) {
    this.commands = commands;
  }

  Cause of(Pod pod) {
    String reason = pod.status().path("reason").asString("");
    String message = pod.status().path("message").asString("");
    String text = (message.isEmpty() ? "" : ": " + message) + AGAIN;
    if (pod.phase().equals("Succeeded")) {
      return Cause.of(
          "completes",
          "the pod ended by itself, but a daemon is to go on; the controller makes it again",
          logs());
    }
    if (reason.startsWith("OutOf")) {
      String resource = reason.substring("OutOf".length());
      String summary = "the node refused the pod: out of " + resource + " (" + reason + ")";
      return Cause.of(
          "node_refused",
          summary,
          summary + text,
          List.of(
              Fix.run(
                  "make room", "kubectl get pods -A --field-selector spec.nodeName=" + Fix.NODE),
              requests()));
    }
    return switch (reason) {
      case "NodeAffinity", "NodeName", "TaintToleration", "NodePorts" -> {
        String summary =
            "the node refused the pod: "
                + switch (reason) {
                  case "NodeAffinity" -> "its labels do not match the pod (NodeAffinity)";
                  case "TaintToleration" ->
                      "it has a taint that the pod does not tolerate (TaintToleration)";
                  case "NodePorts" -> "a host port is taken (NodePorts)";
                  default -> "it is meant for another node (NodeName)";
                };
        yield Cause.of(
            "node_refused",
            summary,
            summary + text,
            List.of(
                Fix.run(
                    "see the node's labels, taints and pods",
                    "kubectl describe node " + Fix.NODE)));
      }
      case "HostPathNotAllowed" ->
          Cause.of(
              "node_refused",
              "the machine's owner does not allow a hostPath of the pod",
              "the machine's owner does not allow a hostPath of the pod" + text,
              List.of(
                  Fix.act(
                      "start that machine's agent with --allow-host-path PATH, or mount what is allowed")));
      case "Evicted" ->
          Cause.of(
              "evicted",
              "the node ended the pod because it ran short of something (Evicted)",
              "the node ended the pod because it ran short of something (Evicted)" + text,
              List.of(
                  Fix.run("see the node's conditions", "kubectl describe node " + Fix.NODE),
                  requests()));
      case "Preempting" ->
          Cause.of(
              "preempted",
              "the node ended the pod to make room for a more important one",
              "the node ended the pod to make room for a more important one" + text,
              List.of(
                  Fix.write(
                      "make it more important",
                      "spec:\n  template:\n    spec:\n      priorityClassName: system-node-critical")));
      case "NodeShutdown", "Terminated", "Shutdown" ->
          Cause.of(
              "node_shutdown",
              "the node ended the pod because it was being shut down",
              "the node ended the pod because it was being shut down" + text,
              List.of());
      default -> {
        String summary =
            "the pod failed" + (reason.isEmpty() ? "" : " on its node (" + reason + ")");
        yield Cause.of(
            "pod_failed",
            summary,
            summary + text,
            List.of(
                Fix.run(
                    "see what the node says of it", commands.kubectl("describe pod " + Fix.POD)),
                logs()));
      }
    };
  }

  private Fix requests() {
    return Fix.run(
        "or look at what the template requests",
        commands.kubectl("get " + commands.name() + " -o yaml"));
  }

  private Fix logs() {
    return Fix.run("read what it said", commands.kubectl("logs " + Fix.POD + " --all-containers"));
  }
}
