package garrison.daemonset.explain;

import garrison.model.Pod;
import garrison.model.Quantity;
import garrison.model.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why a container of a pod on its node does not run: what its status says, with the node's events
 * where the status only says that it waits (spec: node-agent 3.5, 3.6).
 */
final class ContainerCauses {
  private static final String[] STUCK_EVENTS = {
    "FailedMount",
    "FailedAttachVolume",
    "FailedMapVolume",
    "FailedCreatePodSandBox",
    "FailedCreatePodContainer",
    "NetworkNotReady",
    "FailedPrepareDynamicResources",
    "Failed"
  };

  private final Observed observed;
  private final Commands commands;
  private final ImageCauses images;

  ContainerCauses(Observed observed, Commands commands) {
    this.observed = observed;
    this.commands = commands;
    this.images = new ImageCauses(observed, commands);
  }

  /** The reasons, init containers first, because the others wait for them. */
  List<Cause> of(Pod pod) {
    List<Cause> causes = new ArrayList<>();
    for (String list : List.of("initContainerStatuses", "containerStatuses")) {
      for (JsonNode status : pod.status().path(list)) {
        Cause cause = of(pod, status, list.startsWith("init"));
        if (cause != null && causes.stream().noneMatch(cause::like)) {
          causes.add(cause);
        }
      }
      if (!causes.isEmpty()) {
        return causes;
      }
    }
    return causes;
  }

  private @Nullable Cause of(Pod pod, JsonNode status, boolean init) {
    String name = status.path("name").asString("");
    JsonNode waiting = status.path("state").path("waiting");
    String reason = waiting.path("reason").asString("");
    String message = waiting.path("message").asString("");
    String what = (init ? "init container " : "container ") + name;
    if (waiting.isObject()) {
      return switch (reason) {
        case "", "ContainerCreating", "PodInitializing" -> starting(pod, init);
        case "CrashLoopBackOff" ->
            ended(pod, status, status.path("lastState").path("terminated"), what);
        case "CreateContainerConfigError" -> configuration(what, message);
        case "NoContainerRuntime" ->
            Cause.of(
                "no_container_runtime",
                what + " needs a container runtime, and the node has none",
                Fix.act(
                    "install containerd or CRI-O on the machine, and start its agent again (or name"
                        + " the socket with --runtime-endpoint)"),
                Fix.write(
                    "or run a program of the machine: its path in command, and",
                    "spec:\n  template:\n    spec:\n      runtimeClassName: process"));
        default -> {
          Cause image = images.of(what, name, status, reason, message);
          yield image == null ? failed(what, name, reason, message) : image;
        }
      };
    }
    JsonNode terminated = status.path("state").path("terminated");
    boolean completed = init && terminated.path("exitCode").asInt(-1) == 0;
    return terminated.isObject() && !completed ? ended(pod, status, terminated, what) : null;
  }

  /** It ended, and is started again and again. */
  private Cause ended(Pod pod, JsonNode status, JsonNode end, String what) {
    String name = status.path("name").asString("");
    int code = end.path("exitCode").asInt(-1);
    String reason = end.path("reason").asString("");
    Event liveness = killedByProbe(pod, name);
    if (reason.equals("OOMKilled")) {
      return outOfMemory(pod, status, what, name);
    }
    if (liveness != null && !reason.equals("StartError")) {
      return Cause.of(
          "failing_probe",
          what + " is restarted again and again, because its liveness or startup probe fails",
          what + restarts(status) + ", because: " + liveness.message(),
          List.of(logs(name, true), template(name, "livenessProbe and startupProbe")));
    }
    String how =
        switch (code) {
          case -1 -> "ends";
          case 0 -> "ends by itself with exit code 0, but a daemon is to go on";
          case 126 -> "cannot be executed (exit code 126)";
          case 127 -> "names a command that is not there (exit code 127)";
          case 128 -> "cannot be started (exit code 128)";
          case 137 -> "is killed (exit code 137, SIGKILL)";
          case 139 -> "crashes (exit code 139, SIGSEGV)";
          case 143 -> "is ended (exit code 143, SIGTERM)";
          default -> "crashes with exit code " + code;
        };
    String words = end.path("message").asString("").strip();
    if (words.isEmpty()) {
      words = observed.lastWords().getOrDefault(Observed.words(pod, name), "").strip();
    }
    int last = words.lastIndexOf('\n');
    String sentence =
        what
            + " "
            + how
            + restarts(status)
            + (words.isEmpty() ? "" : "; last message: " + words.substring(last + 1));
    List<Fix> fixes = new ArrayList<>();
    fixes.add(logs(name, true));
    fixes.addAll(commands.backToEarlierRevision(observed));
    return Cause.of(code == 0 ? "completes" : "crash_loop", what + " " + how, sentence, fixes);
  }

  private Cause outOfMemory(Pod pod, JsonNode status, String what, String name) {
    String limit = "";
    for (JsonNode container : pod.spec().path("containers")) {
      if (container.path("name").asString("").equals(name)) {
        limit = container.path("resources").path("limits").path("memory").asString("");
      }
    }
    if (limit.isEmpty()) {
      return Cause.of(
          "oom_killed",
          what + " is killed for want of memory, though it has no limit: the node itself is short",
          what
              + " is killed for want of memory, though it has no limit: the node itself is short"
              + restarts(status),
          List.of(Fix.run("see what uses the node's memory", "kubectl describe node " + Fix.NODE)));
    }
    String twice = Amounts.of("memory", Math.multiplyExact(2L, Quantity.parse(limit).value()));
    return Cause.of(
        "oom_killed",
        what + " uses more memory than its limit of " + limit + " and is killed (OOMKilled)",
        what
            + " uses more memory than its limit of "
            + limit
            + " and is killed (OOMKilled)"
            + restarts(status),
        List.of(
            Fix.run(
                "give it more (every pod is replaced)",
                commands.kubectl(
                    "set resources "
                        + commands.name()
                        + " -c "
                        + name
                        + " --limits=memory="
                        + twice)),
            logs(name, true)));
  }

  private static String restarts(JsonNode status) {
    int count = status.path("restartCount").asInt(0);
    return count == 0 ? "" : ", restarted " + count + (count == 1 ? " time" : " times");
  }

  /** The event by which a node says that it restarts a container for a probe. */
  private @Nullable Event killedByProbe(Pod pod, String container) {
    List<Event> events = observed.eventsOf(pod);
    Event killing = Event.latest(events, "Killing");
    if (killing == null
        || !killing.message().startsWith("Container " + container + " failed ")
        || !killing.message().contains(" probe")) {
      return null;
    }
    return events.stream()
        .filter(event -> event.reason().equals("Unhealthy"))
        .filter(event -> !event.message().startsWith("Readiness"))
        .max(Comparator.comparing(Event::last))
        .orElse(killing);
  }

  private Cause configuration(String what, String message) {
    String text = message.toLowerCase(Locale.ROOT);
    List<Fix> fixes = new ArrayList<>();
    if (text.matches("(secret|configmap) \"[^\"]+\" not found.*")) {
      String kind = text.startsWith("secret") ? "secret generic" : "configmap";
      String name = message.substring(message.indexOf('"') + 1);
      name = name.substring(0, name.indexOf('"'));
      fixes.add(
          Fix.run(
              "make it",
              commands.kubectl("create " + kind + " " + name + " --from-literal=KEY=VALUE")));
    } else if (text.contains("runasnonroot")) {
      fixes.add(
          Fix.write(
              "name a user that is not root",
              "spec:\n  template:\n    spec:\n      securityContext:\n        runAsUser: 1000"));
    } else {
      fixes.add(
          Fix.run("see what the container refers to", commands.kubectl("describe pod " + Fix.POD)));
    }
    return Cause.of(
        "container_configuration", what + " cannot be configured: " + message, fixes.getFirst());
  }

  private Cause failed(String what, String name, String reason, String message) {
    String sentence = what + ": " + reason + (message.isEmpty() ? "" : ": " + message);
    List<Fix> fixes = new ArrayList<>();
    fixes.add(Fix.run("see what the node says of it", commands.kubectl("describe pod " + Fix.POD)));
    if (reason.equals("RunContainerError") || reason.equals("StartError")) {
      fixes.add(template(name, "command and args"));
    }
    fixes.addAll(commands.backToEarlierRevision(observed));
    return Cause.of("container_error", what + ": " + reason, sentence, fixes);
  }

  /** It has not got as far as a container; the node's events say what holds it. */
  private @Nullable Cause starting(Pod pod, boolean init) {
    Event stuck =
        observed.eventsOf(pod).stream()
            .filter(Event::warning)
            .filter(event -> List.of(STUCK_EVENTS).contains(event.reason()))
            .max(Comparator.comparing(Event::last))
            .orElse(null);
    if (stuck == null) {
      Instant started = Timestamps.parse(pod.status().path("startTime"));
      Instant since = started == null ? pod.meta().creationTimestamp() : started;
      String length = since == null ? "" : " for " + Amounts.since(since, observed.now());
      return Cause.of(
          "starting",
          init ? "its init containers are being started" : "its containers are being started",
          (init ? "its init containers are being started" : "its containers are being started")
              + length,
          List.of());
    }
    String message = stuck.message();
    return switch (stuck.reason()) {
      case "FailedMount", "FailedAttachVolume", "FailedMapVolume" ->
          Cause.of("volume", "a volume cannot be mounted: " + message, volumeFix(message));
      case "NetworkNotReady" ->
          Cause.of(
              "network_not_ready",
              "the node's pod network is not ready: " + message,
              Fix.run(
                  "see whether the network daemon (CNI) runs there",
                  "kubectl get pods -A -o wide --field-selector spec.nodeName=" + Fix.NODE));
      case "FailedCreatePodSandBox" ->
          Cause.of(
              "sandbox",
              "the pod's sandbox cannot be made",
              "the pod's sandbox cannot be made: " + message,
              List.of(
                  Fix.run(
                      "see what the node says of it",
                      commands.kubectl("describe pod " + Fix.POD))));
      default ->
          Cause.of(
              "start_error",
              stuck.reason(),
              stuck.reason() + ": " + message,
              List.of(
                  Fix.run(
                      "see what the node says of it",
                      commands.kubectl("describe pod " + Fix.POD))));
    };
  }

  private Fix volumeFix(String message) {
    for (String kind : List.of("configmap", "secret")) {
      int at = message.indexOf(kind + " \"");
      if (at >= 0 && message.indexOf("\" not found", at) >= 0) {
        String name =
            message.substring(at + kind.length() + 2, message.indexOf("\" not found", at));
        return Fix.run(
            "make it",
            commands.kubectl(
                "create "
                    + (kind.equals("secret") ? "secret generic" : kind)
                    + " "
                    + name
                    + " --from-literal=KEY=VALUE"));
      }
    }
    return Fix.run("see the volume and its mount", commands.kubectl("describe pod " + Fix.POD));
  }

  private Fix logs(String container, boolean previous) {
    return Fix.run(
        "read what it said",
        commands.kubectl("logs " + Fix.POD + " -c " + container + (previous ? " --previous" : "")));
  }

  private Fix template(String container, String members) {
    return Fix.run(
        "look at " + members + " of container " + container,
        commands.kubectl("get " + commands.name() + " -o yaml"));
  }
}
