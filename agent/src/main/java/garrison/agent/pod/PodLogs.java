package garrison.agent.pod;

import garrison.agent.Refusal;
import garrison.agent.logs.LogSource;
import garrison.agent.runtime.Container;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** The logs of the node's pods (spec: node-agent 3.9, 3.15). */
public final class PodLogs implements LogSource {
  private final PodWorkers workers;

  PodLogs(PodWorkers workers) {
    this.workers = workers;
  }

  @Override
  public Log find(String namespace, String pod, String container, boolean previous) throws Refusal {
    PodWorker worker = workers.find(namespace, pod);
    if (worker == null) {
      throw new Refusal(404, "pod \"" + pod + "\" does not exist");
    }
    if (ContainerRole.of(worker.context().spec(), container) == null) {
      throw new Refusal(404, "container \"" + container + "\" not found in pod \"" + pod + "\"");
    }
    ContainerSet set = worker.containers();
    LogChoice choice =
        new LogChoice(
            set.newest(container),
            set.before(container),
            worker.waitingReason(container),
            ended(worker.context().pod()));
    Container wanted = choice.of(pod, container, previous);
    Path file = Path.of(wanted.logPath());
    if (wanted.exited() && !Files.exists(file)) {
      throw LogChoice.terminated(pod, container);
    }
    String id = wanted.id();
    return new Log(file, () -> runs(worker, container, id));
  }

  private static boolean ended(JsonNode pod) {
    String phase = pod.path("status").path("phase").asString("");
    return phase.equals("Failed") || phase.equals("Succeeded");
  }

  private static boolean runs(PodWorker worker, String name, String id) {
    Container newest = worker.containers().newest(name);
    return newest != null && newest.id().equals(id) && !newest.exited();
  }
}
