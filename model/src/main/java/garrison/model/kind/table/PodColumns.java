package garrison.model.kind.table;

import garrison.model.Timestamps;
import garrison.model.kind.Column;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The table of pods (spec: api-server 7, "Cell rules"). */
public final class PodColumns {
  /** Its columns. */
  public static final List<Column> ALL =
      Columns.named()
          .text("Ready", "Ready containers of all containers.", pod -> Summary.of(pod).ready())
          .text("Status", "What the pod is doing, in a word.", pod -> Summary.of(pod).reason)
          .add(
              "Restarts",
              "string",
              "",
              "How often containers were restarted, and when last.",
              0,
              (pod, now) -> StringNode.valueOf(Summary.of(pod).restarts(now)))
          .age()
          .wide("IP", "The pod's first address.", PodColumns::ip)
          .wide("Node", "Where the pod runs.", pod -> none(Columns.at(pod, "spec.nodeName")))
          .wide(
              "Nominated Node",
              "Where room is being made for the pod.",
              pod -> none(Columns.at(pod, "status.nominatedNodeName")))
          .wide(
              "Readiness Gates", "Met readiness gates of all of them.", PodColumns::readinessGates)
          .list();

  private PodColumns() {}

  private static String none(String text) {
    return Columns.orNone(text);
  }

  private static String ip(ObjectNode pod) {
    JsonNode ips = pod.path("status").path("podIPs");
    return none(
        ips.isEmpty() ? Columns.at(pod, "status.podIP") : ips.path(0).path("ip").asString(""));
  }

  private static String readinessGates(ObjectNode pod) {
    JsonNode gates = pod.path("spec").path("readinessGates");
    if (gates.isEmpty()) {
      return "<none>";
    }
    int met = 0;
    for (JsonNode gate : gates) {
      if (conditionIsTrue(pod, gate.path("conditionType").asString(""))) {
        met++;
      }
    }
    return met + "/" + gates.size();
  }

  private static boolean conditionIsTrue(ObjectNode pod, String type) {
    for (JsonNode condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals(type)) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  /** What the first columns share, gathered in one walk over the container statuses. */
  private static final class Summary {
    private final ObjectNode pod;
    private final Set<String> sidecars = new HashSet<>();
    private String reason;
    private int total;
    private int readyContainers;
    private long restarts;
    private long sidecarRestarts;
    private @Nullable Instant lastRestart;
    private @Nullable Instant lastSidecarRestart;

    private Summary(ObjectNode pod) {
      this.pod = pod;
      JsonNode spec = pod.path("spec");
      JsonNode status = pod.path("status");
      total = spec.path("containers").size();
      for (JsonNode init : spec.path("initContainers")) {
        if (init.path("restartPolicy").asString("").equals("Always")) {
          sidecars.add(init.path("name").asString(""));
          total++;
        }
      }
      String stated = status.path("reason").asString("");
      reason = stated.isEmpty() ? status.path("phase").asString("") : stated;
      for (JsonNode condition : status.path("conditions")) {
        if (condition.path("type").asString("").equals("PodScheduled")
            && condition.path("reason").asString("").equals("SchedulingGated")) {
          reason = "SchedulingGated";
        }
      }
    }

    static Summary of(ObjectNode pod) {
      Summary summary = new Summary(pod);
      boolean initializing = summary.readInitContainers();
      if (!initializing || conditionIsTrue(pod, "Initialized")) {
        summary.readContainers();
      }
      if (pod.path("metadata").path("deletionTimestamp").isString()) {
        String phase = pod.path("status").path("phase").asString("");
        if (pod.path("status").path("reason").asString("").equals("NodeLost")) {
          summary.reason = "Unknown";
        } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
          summary.reason = "Terminating";
        }
      }
      return summary;
    }

    private boolean readInitContainers() {
      int index = 0;
      for (JsonNode container : pod.path("status").path("initContainerStatuses")) {
        boolean sidecar = sidecars.contains(container.path("name").asString(""));
        restarts += container.path("restartCount").asLong(0);
        lastRestart = later(lastRestart, container);
        if (sidecar) {
          sidecarRestarts += container.path("restartCount").asLong(0);
          lastSidecarRestart = later(lastSidecarRestart, container);
        }
        if (readInitContainer(container, sidecar, index)) {
          return true;
        }
        index++;
      }
      return false;
    }

    /** Whether the pod waits for this one. */
    private boolean readInitContainer(JsonNode container, boolean sidecar, int index) {
      JsonNode state = container.path("state");
      JsonNode terminated = state.path("terminated");
      if (terminated.isObject() && terminated.path("exitCode").asInt(0) == 0) {
        return false;
      }
      if (sidecar && container.path("started").asBoolean(false)) {
        if (container.path("ready").asBoolean(false)) {
          readyContainers++;
        }
        return false;
      }
      String waiting = state.path("waiting").path("reason").asString("");
      if (terminated.isObject()) {
        reason = "Init:" + endOf(terminated);
      } else if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
        reason = "Init:" + waiting;
      } else {
        reason = "Init:" + index + "/" + pod.path("spec").path("initContainers").size();
      }
      return true;
    }

    private void readContainers() {
      restarts = sidecarRestarts;
      lastRestart = lastSidecarRestart;
      JsonNode statuses = pod.path("status").path("containerStatuses");
      boolean running = false;
      String failure = "";
      for (int i = statuses.size() - 1; i >= 0; i--) {
        JsonNode container = statuses.get(i);
        JsonNode state = container.path("state");
        JsonNode terminated = state.path("terminated");
        restarts += container.path("restartCount").asLong(0);
        lastRestart = later(lastRestart, container);
        String waiting = state.path("waiting").path("reason").asString("");
        if (!waiting.isEmpty()) {
          reason = waiting;
        } else if (terminated.isObject()) {
          reason = endOf(terminated);
          if (terminated.path("exitCode").asInt(0) != 0) {
            failure = reason;
          }
        } else if (container.path("ready").asBoolean(false) && state.path("running").isObject()) {
          running = true;
          readyContainers++;
        }
      }
      if (reason.equals("Completed")) {
        // One that is done says nothing about the others.
        if (running && conditionIsTrue(pod, "Ready")) {
          reason = "Running";
        } else if (!failure.isEmpty()) {
          reason = failure;
        } else if (running) {
          reason = "NotReady";
        }
      }
    }

    private static String endOf(JsonNode terminated) {
      String reason = terminated.path("reason").asString("");
      if (!reason.isEmpty()) {
        return reason;
      }
      long signal = terminated.path("signal").asLong(0);
      return signal != 0 ? "Signal:" + signal : "ExitCode:" + terminated.path("exitCode").asLong(0);
    }

    private static @Nullable Instant later(@Nullable Instant known, JsonNode container) {
      Instant finished =
          Timestamps.parse(container.path("lastState").path("terminated").path("finishedAt"));
      return known == null || (finished != null && finished.isAfter(known)) ? finished : known;
    }

    String ready() {
      return readyContainers + "/" + total;
    }

    String restarts(Instant now) {
      return restarts != 0 && lastRestart != null
          ? restarts + " (" + Ages.since(lastRestart, now) + " ago)"
          : String.valueOf(restarts);
    }
  }
}
