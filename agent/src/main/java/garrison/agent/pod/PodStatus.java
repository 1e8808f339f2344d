package garrison.agent.pod;

import garrison.agent.pod.ContainerView.Waiting;
import garrison.agent.runtime.Container;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod's status from what is known of its containers (spec: node-agent 3.6). Pure.
 *
 * @param context the pod on its node
 * @param init its init containers, in order
 * @param main its main containers, in order
 * @param ephemeral those for debugging; no phase and no condition depends on them
 * @param runtime scheme of container ids
 * @param sandbox why there is no sandbox, null where there is one that is ready
 * @param startTime when the agent first saw the pod
 * @param stopping whether it is being stopped for good
 * @param finished whether nothing of it runs any more and nothing will
 * @param failure why the agent ended it whatever its containers did; null where it did not
 */
public record PodStatus(
    PodContext context,
    List<ContainerView> init,
    List<ContainerView> main,
    List<ContainerView> ephemeral,
    String runtime,
    @Nullable String sandbox,
    Instant startTime,
    boolean stopping,
    boolean finished,
    @Nullable Failure failure) {
  /** Why the agent itself ended the pod. */
  public record Failure(String reason, String message) {}

  /** Of a pod that the agent lets be. */
  public PodStatus(
      PodContext context,
      List<ContainerView> init,
      List<ContainerView> main,
      List<ContainerView> ephemeral,
      String runtime,
      @Nullable String sandbox,
      Instant startTime,
      boolean stopping,
      boolean finished) {
    this(context, init, main, ephemeral, runtime, sandbox, startTime, stopping, finished, null);
  }

  /** The status to send; {@code before} is the present one, for times that go on. */
  public ObjectNode toJson(JsonNode before, Instant now) {
    ObjectNode status = Json.object();
    String phase = phase(before.path("phase").asString(""));
    status.put("observedGeneration", context.metadata().path("generation").asLong(0));
    status.put("phase", phase);
    if (failure != null) {
      status.put("reason", failure.reason());
      status.put("message", failure.message());
    }
    status.set("conditions", conditions(phase, before.path("conditions"), now));
    status.put("hostIP", context.address());
    status.putArray("hostIPs").addObject().put("ip", context.address());
    if (!context.podIps().isEmpty()) {
      status.put("podIP", context.podIps().getFirst());
      ArrayNode ips = status.putArray("podIPs");
      context.podIps().forEach(ip -> ips.addObject().put("ip", ip));
    } else if (before.has("podIP")) {
      status.set("podIP", before.path("podIP"));
      status.set("podIPs", before.path("podIPs"));
    }
    status.put("startTime", Timestamps.seconds(startTime));
    if (!init.isEmpty()) {
      ArrayNode statuses = status.putArray("initContainerStatuses");
      init.forEach(view -> statuses.add(container(view)));
    }
    sorted(status.putArray("containerStatuses"), main);
    if (!ephemeral.isEmpty()) {
      sorted(status.putArray("ephemeralContainerStatuses"), ephemeral);
    }
    status.put("qosClass", Qos.of(context.spec()).text());
    return status;
  }

  private void sorted(ArrayNode statuses, List<ContainerView> views) {
    views.stream()
        .sorted(Comparator.comparing(ContainerView::name))
        .forEach(view -> statuses.add(container(view)));
  }

  private String phase(String before) {
    if (before.equals("Failed") || before.equals("Succeeded")) {
      return before;
    }
    String now = phase();
    boolean terminal = now.equals("Failed") || now.equals("Succeeded");
    if (finished) {
      return now.equals("Succeeded") ? now : "Failed";
    }
    return terminal && anyRunning() ? "Running" : now;
  }

  /** Whether the pod has done its work or failed for good; sidecars may still run. */
  boolean over() {
    String now = phase();
    return now.equals("Failed") || now.equals("Succeeded");
  }

  private boolean anyRunning() {
    return main.stream().anyMatch(ContainerView::running)
        || init.stream().anyMatch(ContainerView::running)
        || ephemeral.stream().anyMatch(ContainerView::running);
  }

  private String phase() {
    if (failure != null) {
      return "Failed";
    }
    for (ContainerView view : init) {
      boolean failed = view.current() != null && view.current().exited() && !view.succeeded();
      if (failed && !again(view)) {
        return "Failed";
      }
    }
    if (!initialized()) {
      return "Pending";
    }
    int running = 0;
    int stopped = 0;
    int failed = 0;
    boolean again = false;
    for (ContainerView view : main) {
      Container current = view.current();
      if (current == null || (view.waiting() != null && view.last() == null && !current.exited())) {
        return "Pending";
      }
      if (current.running()) {
        running++;
      } else {
        stopped++;
        failed += view.succeeded() ? 0 : 1;
        again |= again(view);
      }
    }
    if (running > 0) {
      return "Running";
    }
    if (again && !stopping) {
      return "Running";
    }
    return stopped == 0 ? "Pending" : failed > 0 ? "Failed" : "Succeeded";
  }

  private boolean again(ContainerView view) {
    Container current = view.current();
    return current != null
        && current.exited()
        && RestartPolicy.again(context.spec(), view.spec(), view.init(), current);
  }

  /** Whether all init containers are done: once a main one exists they were. */
  private boolean initialized() {
    if (main.stream().anyMatch(view -> view.current() != null)) {
      return true;
    }
    return incomplete().isEmpty();
  }

  private List<String> incomplete() {
    List<String> names = new ArrayList<>();
    boolean mainExists = main.stream().anyMatch(view -> view.current() != null);
    for (ContainerView view : init) {
      boolean done = mainExists || (view.sidecar() ? view.started() : view.succeeded());
      if (!done) {
        names.add(view.name());
      }
    }
    return names;
  }

  private ArrayNode conditions(String phase, JsonNode before, Instant now) {
    ArrayNode conditions = Json.mapper().createArrayNode();
    boolean up = sandbox == null;
    add(
        conditions,
        before,
        now,
        "PodReadyToStartContainers",
        up && !finished,
        up && !finished ? "" : "PodSandboxNotReady",
        up ? "" : String.valueOf(sandbox));
    List<String> incomplete = incomplete();
    boolean done = phase.equals("Succeeded");
    add(
        conditions,
        before,
        now,
        "Initialized",
        incomplete.isEmpty() || done,
        incomplete.isEmpty() ? "" : done ? "PodCompleted" : "ContainersNotInitialized",
        incomplete.isEmpty() || done
            ? ""
            : "containers with incomplete status: " + names(incomplete));
    Unready unready = unready(phase);
    Unready gates = unready == null ? gates() : unready;
    add(conditions, before, now, "Ready", gates == null, gates);
    add(conditions, before, now, "ContainersReady", unready == null, unready);
    add(conditions, before, now, "PodScheduled", true, "", "");
    return conditions;
  }

  private record Unready(String reason, String message) {}

  private @Nullable Unready unready(String phase) {
    if (phase.equals("Succeeded")) {
      return new Unready("PodCompleted", "");
    }
    if (phase.equals("Failed")) {
      return new Unready("PodFailed", "");
    }
    List<String> unknown = new ArrayList<>();
    List<String> unready = new ArrayList<>();
    for (ContainerView view : init) {
      if (view.sidecar() && !view.ready()) {
        (view.current() == null ? unknown : unready).add(view.name());
      }
    }
    for (ContainerView view : main) {
      if (!view.ready()) {
        unready.add(view.name());
      }
    }
    if (unready.isEmpty() && unknown.isEmpty()) {
      return null;
    }
    List<String> parts = new ArrayList<>();
    if (!unknown.isEmpty()) {
      parts.add("containers with unknown status: " + names(unknown));
    }
    if (!unready.isEmpty()) {
      parts.add("containers with unready status: " + names(unready));
    }
    return new Unready("ContainersNotReady", String.join(", ", parts));
  }

  private @Nullable Unready gates() {
    for (JsonNode gate : context.spec().path("readinessGates")) {
      String type = gate.path("conditionType").asString("");
      JsonNode found = find(context.pod().path("status").path("conditions"), type);
      if (found.isMissingNode()) {
        return new Unready(
            "ReadinessGatesNotReady",
            "corresponding condition of pod readiness gate \"" + type + "\" does not exist.");
      }
      String value = found.path("status").asString("");
      if (!value.equals("True")) {
        return new Unready(
            "ReadinessGatesNotReady",
            "the status of pod readiness gate \"" + type + "\" is not \"True\", but " + value);
      }
    }
    return null;
  }

  private void add(
      ArrayNode conditions,
      JsonNode before,
      Instant now,
      String type,
      boolean status,
      @Nullable Unready why) {
    add(
        conditions,
        before,
        now,
        type,
        status,
        why == null ? "" : why.reason(),
        why == null ? "" : why.message());
  }

  private void add(
      ArrayNode conditions,
      JsonNode before,
      Instant now,
      String type,
      boolean status,
      String reason,
      String message) {
    JsonNode old = find(before, type);
    String text = status ? "True" : "False";
    ObjectNode condition = conditions.addObject();
    condition.put("type", type);
    condition.put("status", text);
    condition.put("observedGeneration", context.metadata().path("generation").asLong(0));
    condition.putNull("lastProbeTime");
    condition.put(
        "lastTransitionTime",
        old.path("status").asString("").equals(text)
            ? old.path("lastTransitionTime").asString(Timestamps.seconds(now))
            : Timestamps.seconds(now));
    put(condition, old, "reason", reason);
    put(condition, old, "message", message);
  }

  /** A patch merges conditions by their type: what is no longer said has to be taken back. */
  private static void put(ObjectNode condition, JsonNode old, String member, String text) {
    if (!text.isEmpty()) {
      condition.put(member, text);
    } else if (old.has(member)) {
      condition.putNull(member);
    }
  }

  private static JsonNode find(JsonNode conditions, String type) {
    for (JsonNode condition : conditions) {
      if (condition.path("type").asString("").equals(type)) {
        return condition;
      }
    }
    return Json.object().path("none");
  }

  private static String names(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }

  private ObjectNode container(ContainerView view) {
    ObjectNode status = Json.object();
    Container current = view.current();
    status.put("name", view.name());
    Container last =
        view.waiting() != null && current != null && current.exited() ? current : view.last();
    status.set("state", state(view));
    ObjectNode lastState = status.putObject("lastState");
    if (last != null && last.exited()) {
      lastState.set("terminated", terminated(last));
    }
    status.put("ready", view.ready());
    status.put("restartCount", current == null ? 0 : current.attempt());
    status.put("image", view.spec().path("image").asString(""));
    status.put("imageID", current == null ? "" : current.imageRef());
    if (current != null) {
      status.put("containerID", runtime + "://" + current.id());
    }
    if (view.role() != ContainerRole.EPHEMERAL) {
      status.put("started", view.started());
    }
    JsonNode resources = view.spec().path("resources");
    if (current != null && !resources.isEmpty()) {
      status.set("resources", resources.deepCopy());
      if (resources.has("requests")) {
        status.set("allocatedResources", resources.path("requests").deepCopy());
      }
    }
    ArrayNode mounts = Json.mapper().createArrayNode();
    for (JsonNode mount : view.spec().path("volumeMounts")) {
      ObjectNode one = mounts.addObject();
      one.set("name", mount.path("name"));
      one.set("mountPath", mount.path("mountPath"));
      if (mount.path("readOnly").asBoolean(false)) {
        one.put("readOnly", true);
        one.put("recursiveReadOnly", mount.path("recursiveReadOnly").asString("Disabled"));
      }
    }
    if (!mounts.isEmpty()) {
      status.set("volumeMounts", mounts);
    }
    return status;
  }

  private ObjectNode state(ContainerView view) {
    ObjectNode state = Json.object();
    Container current = view.current();
    Waiting waiting = view.waiting();
    if (current != null && current.running()) {
      Instant started = current.startedAt() == null ? current.createdAt() : current.startedAt();
      state.putObject("running").put("startedAt", Timestamps.seconds(started));
    } else if (waiting != null) {
      ObjectNode why = state.putObject("waiting").put("reason", waiting.reason());
      if (!waiting.message().isEmpty()) {
        why.put("message", waiting.message());
      }
    } else if (current != null && current.exited()) {
      state.set("terminated", terminated(current));
    } else {
      state
          .putObject("waiting")
          .put(
              "reason",
              init.isEmpty() || view.init() && view == init.getFirst()
                  ? "ContainerCreating"
                  : "PodInitializing");
    }
    return state;
  }

  private ObjectNode terminated(Container container) {
    ObjectNode state = Json.object();
    state.put("exitCode", container.exitCode());
    if (!container.reason().isEmpty()) {
      state.put("reason", container.reason());
    }
    if (!container.message().isEmpty()) {
      state.put("message", container.message());
    }
    Instant started = container.startedAt();
    Instant finished = container.finishedAt();
    if (started != null) {
      state.put("startedAt", Timestamps.seconds(started));
    }
    if (finished != null) {
      state.put("finishedAt", Timestamps.seconds(finished));
    }
    state.put("containerID", runtime + "://" + container.id());
    return state;
  }
}
