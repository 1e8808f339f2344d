package garrison.daemonset.explain;

import garrison.model.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why the API server refuses the DaemonSet's pods, from the controller's events (spec: daemonset
 * 8.1). Pure.
 */
final class CreationCauses {
  private static final Duration OF_NOW = Duration.ofHours(1);
  private static final String ERROR = "Error creating: ";
  private static final Pattern QUOTA =
      Pattern.compile("exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+)");
  private static final Pattern QUOTA_DEMANDS =
      Pattern.compile("failed quota: ([^:]+): must specify (.+)");
  private static final Pattern ACCOUNT =
      Pattern.compile("error looking up service account [^:]*: serviceaccount \"([^\"]+)\"");
  private static final Pattern SECURITY =
      Pattern.compile("violates PodSecurity \"([^:\"]+)[^\"]*\": (.+)");
  private static final Pattern PRIORITY =
      Pattern.compile("no PriorityClass with name (\\S+) was found");
  private static final Pattern WEBHOOK =
      Pattern.compile("admission webhook \"([^\"]+)\" denied the request(.*)");
  private static final Pattern WEBHOOK_DOWN =
      Pattern.compile("failed calling webhook \"([^\"]+)\"(.*)");

  private final Observed observed;
  private final Commands commands;

  CreationCauses(Observed observed, Commands commands) {
    this.observed = observed;
    this.commands = commands;
  }

  /** The refusal that holds now; null where none is known. */
  @Nullable Cause refusal() {
    Event failed = Event.latest(observed.events(), "FailedCreate");
    // One before the youngest pod, or before the last change of the DaemonSet, is past.
    if (failed == null
        || failed.last().isBefore(observed.youngestPod())
        || failed.last().isBefore(observed.daemonSetChanged())
        || failed.last().plus(OF_NOW).isBefore(observed.now())) {
      return null;
    }
    String told = failed.message();
    String message = told.startsWith(ERROR) ? told.substring(ERROR.length()) : told;
    String now = observed.refusedNow();
    return now != null && now.isEmpty() ? over(message) : of(now == null ? message : now);
  }

  /** It was refused, and is not any more; the controller does not know yet. */
  private Cause over(String message) {
    String summary =
        "the API server refused the pods and takes them now; the controller will try again within"
            + " minutes";
    return Cause.of("refused_before", summary, summary + " (it was: " + message + ")", List.of());
  }

  private Cause of(String message) {
    Matcher quota = QUOTA.matcher(message);
    if (quota.find()) {
      return quota(quota);
    }
    Matcher demands = QUOTA_DEMANDS.matcher(message);
    if (demands.find()) {
      return Cause.of(
          "quota",
          "quota " + demands.group(1) + " takes only pods that specify " + demands.group(2),
          Fix.run(
              "let every container specify it",
              commands.kubectl(
                  "set resources "
                      + commands.name()
                      + " --requests=cpu=10m,memory=32Mi --limits=cpu=100m,memory=64Mi")));
    }
    Matcher account = ACCOUNT.matcher(message);
    if (account.find()) {
      return Cause.of(
          "service_account",
          "service account " + account.group(1) + " does not exist",
          Fix.run("make it", commands.kubectl("create serviceaccount " + account.group(1))));
    }
    Matcher security = SECURITY.matcher(message);
    if (security.find()) {
      return Cause.of(
          "pod_security",
          "the namespace's pod security level "
              + security.group(1)
              + " refuses the pods: "
              + security.group(2),
          Fix.run(
              "let the namespace take node daemons",
              "kubectl label namespace "
                  + observed.daemonSet().namespace()
                  + " pod-security.kubernetes.io/enforce=privileged --overwrite"));
    }
    Matcher priority = PRIORITY.matcher(message);
    if (priority.find()) {
      return Cause.of(
          "priority_class",
          "priority class " + priority.group(1) + " does not exist",
          Fix.run(
              "make it", "kubectl create priorityclass " + priority.group(1) + " --value=1000000"));
    }
    Matcher webhook = WEBHOOK.matcher(message);
    if (webhook.find()) {
      return Cause.of(
          "webhook_denied",
          "admission webhook " + webhook.group(1) + " refuses the pods" + webhook.group(2),
          Fix.act("change the template as the webhook asks, or the webhook's policy"),
          webhooks());
    }
    Matcher down = WEBHOOK_DOWN.matcher(message);
    if (down.find()) {
      return Cause.of(
          "webhook_down",
          "admission webhook " + down.group(1) + " does not answer" + down.group(2),
          Fix.act("start what serves the webhook again"),
          webhooks());
    }
    return Cause.of(
        "create_refused",
        "the API server refuses the pods: " + message,
        Fix.run(
            "see what the controller was told", commands.kubectl("describe " + commands.name())));
  }

  private static Fix webhooks() {
    return Fix.run(
        "see whose it is",
        "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations");
  }

  private Cause quota(Matcher quota) {
    String name = quota.group(1);
    List<Fix> fixes = new ArrayList<>();
    Fix raise = raise(name, quota.group(2), quota.group(4));
    if (raise != null) {
      fixes.add(raise);
    }
    fixes.add(Fix.run("see what uses it up", commands.kubectl("describe quota " + name)));
    return Cause.of(
        "quota",
        "quota " + name + " is used up",
        "quota "
            + name
            + " is used up: a pod requests "
            + quota.group(2)
            + ", used "
            + quota.group(3)
            + " of "
            + quota.group(4),
        fixes);
  }

  /** Enough for a pod on every node: exact where the quota counts pods. */
  private @Nullable Fix raise(String name, String requested, String limited) {
    if (!requested.equals("pods=1") || !limited.matches("pods=\\d+")) {
      return null;
    }
    int missing =
        observed.nodes().size()
            - (int) observed.pods().stream().filter(pod -> !pod.terminal()).count();
    long enough = Long.parseLong(limited.substring("pods=".length())) + Math.max(1, missing);
    ObjectNode patch = Json.object();
    patch.putObject("spec").putObject("hard").put("pods", Long.toString(enough));
    return Fix.run(
        "raise it, so that every node can have a pod",
        commands.kubectl(
            "patch quota " + name + " --type=merge -p " + Commands.quoted(Commands.text(patch))));
  }
}
