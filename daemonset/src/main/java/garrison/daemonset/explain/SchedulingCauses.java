package garrison.daemonset.explain;

import garrison.model.Condition;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.Resources;
import garrison.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a pod has no node yet (spec: daemonset 9.1). What the scheduler said is the reason; the
 * filters, asked again about the node as it is now, add the figures and what the scheduler keeps to
 * itself, because it stops at the first filter that fails.
 */
final class SchedulingCauses {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Pattern COUNTED = Pattern.compile("\\d+ (.+)");
  private static final String OTHER_NODES = "node(s) didn't satisfy plugin(s) [NodeAffinity]";
  private static final String PORTS = "free ports for the requested pod ports";

  private final Observed observed;
  private final Commands commands;

  SchedulingCauses(Observed observed, Commands commands) {
    this.observed = observed;
    this.commands = commands;
  }

  List<Cause> of(Pod pod) {
    JsonNode gates = pod.spec().path("schedulingGates");
    if (!gates.isEmpty()) {
      List<String> names = new ArrayList<>();
      gates.forEach(gate -> names.add(gate.path("name").asString("")));
      return List.of(
          Cause.of(
              "scheduling_gated",
              "the pod waits for its scheduling gates " + String.join(", ", names),
              Fix.act("let who set them lift them")));
    }
    List<Obstacle> obstacles = observed.obstacles().getOrDefault(pod.meta().uid(), List.of());
    Condition told = Condition.find(pod.conditions(), "PodScheduled");
    if (told == null || told.isTrue()) {
      return List.of(unseen(pod));
    }
    List<String> reasons = reasons(told.message());
    List<Cause> causes = new ArrayList<>();
    for (Obstacle obstacle : obstacles) {
      causes.add(of(obstacle, pod, told.message()));
    }
    for (String reason : reasons) {
      if (obstacles.stream().noneMatch(obstacle -> explains(obstacle, reason))) {
        causes.add(quoted(pod, reason));
      }
    }
    if (causes.isEmpty()) {
      causes.add(
          Cause.of(
              "unschedulable",
              "the scheduler: " + (told.message().isEmpty() ? told.reason() : told.message()),
              describe()));
    }
    return causes;
  }

  /** The reasons against the pod's own node in the scheduler's sentence. */
  static List<String> reasons(String message) {
    String text = message;
    int preemption = text.indexOf(" preemption: ");
    if (preemption >= 0) {
      text = text.substring(0, preemption);
    }
    int colon = text.indexOf(" nodes are available: ");
    if (!text.startsWith("0/") || colon < 0) {
      return message.isEmpty() ? List.of() : List.of(message);
    }
    text = text.substring(colon + " nodes are available: ".length());
    if (text.endsWith(".")) {
      text = text.substring(0, text.length() - 1);
    }
    List<String> reasons = new ArrayList<>();
    for (String part : text.split(", (?=\\d+ )", -1)) {
      Matcher counted = COUNTED.matcher(part);
      String reason = counted.matches() ? counted.group(1) : part;
      if (!reason.equals(OTHER_NODES)) {
        reasons.add(reason);
      }
    }
    return reasons;
  }

  private static boolean explains(Obstacle obstacle, String reason) {
    return switch (obstacle) {
      case Obstacle.Shortage shortage -> reason.equals("Insufficient " + shortage.resource());
      case Obstacle.TooManyPods pods -> reason.equals("Too many pods");
      case Obstacle.PortTaken port -> reason.contains(PORTS);
      case Obstacle.Other(String words) -> reason.equals(words);
    };
  }

  private Cause unseen(Pod pod) {
    Instant created = pod.meta().creationTimestamp();
    Instant now = observed.now();
    String scheduler = pod.schedulerName();
    boolean usual = scheduler.isEmpty() || scheduler.equals("default-scheduler");
    if (created != null && created.plus(SOON).isAfter(now)) {
      return Cause.of("being_scheduled", "the pod was just made, and is being scheduled");
    }
    String age = created == null ? "" : " in " + Amounts.since(created, now);
    String who = usual ? "no scheduler" : "scheduler " + scheduler;
    String has = usual ? " has looked at the pod" : " has not looked at the pod";
    return Cause.of(
        "no_scheduler",
        who + has,
        who + has + age,
        List.of(
            usual
                ? Fix.run(
                    "see whether the scheduler runs", "kubectl -n kube-system get pods,leases")
                : Fix.run(
                    "start that scheduler, or use the usual one",
                    commands.removeFromTemplate("spec", "schedulerName"))));
  }

  private Cause of(Obstacle obstacle, Pod pod, String message) {
    return switch (obstacle) {
      case Obstacle.Shortage shortage -> shortage(shortage, message);
      case Obstacle.TooManyPods pods ->
          Cause.of(
              "too_many_pods",
              obstacle.sentence(),
              Fix.run(
                  "move pods that can run elsewhere",
                  "kubectl get pods -A --field-selector spec.nodeName=" + Fix.NODE),
              Fix.act("or let the node take more (maxPods in the kubelet's configuration)"));
      case Obstacle.PortTaken taken -> port(taken);
      case Obstacle.Other(String words) -> quoted(pod, words);
    };
  }

  private Cause shortage(Obstacle.Shortage shortage, String message) {
    String resource = shortage.resource();
    List<Fix> fixes = new ArrayList<>();
    if (shortage.couldFit() && !shortage.takers().isEmpty()) {
      List<String> takers = new ArrayList<>();
      shortage
          .takers()
          .forEach(
              taker ->
                  takers.add(
                      taker.namespace()
                          + "/"
                          + taker.name()
                          + " "
                          + Amounts.of(resource, taker.amount())));
      fixes.add(
          Fix.run(
              "make room; most is requested there by " + String.join(", ", takers),
              "kubectl get pods -A --field-selector spec.nodeName=" + Fix.NODE));
    }
    Fix less = requestLess(shortage);
    if (less != null) {
      fixes.add(less);
    }
    if (message.contains("No preemption victims found")
        && observed.daemonSet().templateSpec().path("priorityClassName").asString("").isEmpty()) {
      fixes.add(
          new Fix(
              "or let it take the place of less important pods",
              commands.setInTemplate(
                  Json.parse("\"system-node-critical\""), "spec", "priorityClassName"),
              "spec:\n  template:\n    spec:\n      priorityClassName: system-node-critical"));
    }
    return Cause.of("insufficient_" + resource, shortage.summary(), shortage.sentence(), fixes);
  }

  /** The one request that would have to be smaller; null where no such command is right. */
  private @Nullable Fix requestLess(Obstacle.Shortage shortage) {
    String resource = shortage.resource();
    String largest = "";
    long most = 0;
    for (JsonNode container : observed.daemonSet().templateSpec().path("containers")) {
      long amount = Resources.of(container.path("resources").path("requests")).amount(resource);
      if (amount > most) {
        most = amount;
        largest = container.path("name").asString("");
      }
    }
    long enough = most - (shortage.needs() - Math.max(0, shortage.free()));
    if (largest.isEmpty() || enough <= 0) {
      return null;
    }
    return Fix.run(
        "or request less, if that is enough for it (every pod is replaced)",
        commands.kubectl(
            "set resources "
                + commands.name()
                + " -c "
                + largest
                + " --requests="
                + resource
                + "="
                + Amounts.of(resource, enough)));
  }

  private Cause port(Obstacle.PortTaken taken) {
    DaemonSet set = observed.daemonSet();
    boolean own =
        observed.pods().stream().anyMatch(pod -> pod.name().equals(taken.holder().name()))
            && taken.holder().namespace().equals(set.namespace());
    if (own && set.maxSurge() != null && !set.maxSurge().isZero()) {
      return Cause.of(
          "surge_host_port",
          taken.what()
              + " is held by the old pod, which waits for this one: maxSurge and host ports do not"
              + " go together",
          Fix.run(
              "replace in place",
              commands.merge(
                  (ObjectNode)
                      Json.parse(
                          "{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxSurge\":0,"
                              + "\"maxUnavailable\":1}}}}"))));
    }
    return Cause.of(
        "host_port",
        taken.summary(),
        taken.sentence(),
        List.of(
            Fix.run(
                "see who owns that pod",
                "kubectl -n "
                    + Commands.quoted(taken.holder().namespace())
                    + " describe pod "
                    + taken.holder().name()),
            Fix.act("give one of the two another hostPort, or end the other")));
  }

  private Cause quoted(Pod pod, String reason) {
    return switch (reason) {
      case "node(s) had untolerated taint(s)" ->
          Cause.of(
              "untolerated_taint",
              "the scheduler saw a taint that the pod does not tolerate, set after the pod was"
                  + " made",
              describe());
      case "node(s) didn't match Pod's node affinity/selector" ->
          Cause.of(
              "node_selector",
              "the scheduler saw labels that the pod's nodeSelector does not want, changed after"
                  + " the pod was made",
              describe());
      default -> {
        boolean room =
            reason.startsWith("Insufficient ")
                || reason.equals("Too many pods")
                || reason.contains(PORTS);
        boolean looked = observed.obstacles().containsKey(pod.meta().uid());
        yield room && looked
            ? Cause.of(
                "scheduling_retry",
                "the scheduler said \""
                    + reason
                    + "\"; as the node is now the pod fits, and will be tried again within"
                    + " minutes")
            : Cause.of("unschedulable", "the scheduler: " + reason, describe());
      }
    };
  }

  private Fix describe() {
    return Fix.run("see all that the scheduler said", commands.kubectl("describe pod " + Fix.PODS));
  }
}
