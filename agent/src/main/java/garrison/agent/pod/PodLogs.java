package garrison.agent.pod;

import garrison.agent.logs.LogRefusal;
import garrison.agent.logs.LogSource;
import garrison.agent.runtime.Container;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The logs of the node's pods (spec: node-agent 3.9, 3.15). */
public final class PodLogs implements LogSource {
  private final PodWorkers workers;

  PodLogs(PodWorkers workers) {
    this.workers = workers;
  }

  @Override
  public Log find(String namespace, String pod, String container, boolean previous)
      throws LogRefusal {
    PodWorker worker = workers.find(namespace, pod);
    if (worker == null) {
      throw new LogRefusal(404, "pod \"" + pod + "\" does not exist");
    }
    if (!has(worker.context().spec(), container)) {
      throw new LogRefusal(404, "container \"" + container + "\" not found in pod \"" + pod + "\"");
    }
    ContainerSet set = worker.containers();
    Container newest = set.newest(container);
    Container wanted = newest;
    if (previous) {
      boolean waits = newest != null && newest.exited();
      wanted = waits && !worker.waitingReason(container).isEmpty() ? newest : set.before(container);
      if (wanted == null) {
        throw new LogRefusal(
            400,
            "previous terminated container \"" + container + "\" in pod \"" + pod + "\" not found");
      }
    }
    if (wanted == null) {
      throw waiting(worker, pod, container);
    }
    String id = wanted.id();
    return new Log(Path.of(wanted.logPath()), () -> runs(worker, container, id));
  }

  private static LogRefusal waiting(PodWorker worker, String pod, String container) {
    String reason = worker.waitingReason(container);
    String why =
        switch (reason) {
          case "" -> "ContainerCreating";
          case "ImagePullBackOff" -> "trying and failing to pull image";
          case "ErrImagePull" -> "image can't be pulled";
          default -> reason;
        };
    return new LogRefusal(
        400, "container \"" + container + "\" in pod \"" + pod + "\" is waiting to start: " + why);
  }

  private static boolean runs(PodWorker worker, String name, String id) {
    Container newest = worker.containers().newest(name);
    return newest != null && newest.id().equals(id) && !newest.exited();
  }

  private static boolean has(JsonNode spec, String container) {
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode one : spec.path(list)) {
        if (one.path("name").asString("").equals(container)) {
          return true;
        }
      }
    }
    return false;
  }
}
