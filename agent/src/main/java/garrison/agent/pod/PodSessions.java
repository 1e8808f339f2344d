package garrison.agent.pod;

import garrison.agent.Refusal;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.Sessions;
import garrison.agent.runtime.Streams;
import garrison.agent.session.SessionRequest;
import garrison.agent.session.SessionSource;
import garrison.agent.streaming.StreamedSessions;

/** Sessions in the containers of the node's pods (spec: node-agent 3.15). */
public final class PodSessions implements SessionSource {
  private final PodWorkers workers;

  PodSessions(PodWorkers workers) {
    this.workers = workers;
  }

  private static Sessions sessions(Runtime runtime) {
    Sessions own = runtime.sessions();
    if (own != null) {
      return own;
    }
    Streams streams = runtime.streams();
    if (streams == null) {
      throw new RuntimeFailure("StreamError", "the runtime " + runtime.name() + " has no sessions");
    }
    return new StreamedSessions(streams);
  }

  @Override
  public Session open(SessionRequest request) throws Refusal {
    PodWorker worker = workers.find(request.namespace(), request.pod());
    if (worker == null
        || (!request.uid().isEmpty() && !request.uid().equals(worker.context().uid()))) {
      throw new Refusal(404, "pod does not exist");
    }
    Container container = worker.containers().newest(request.container());
    if (container == null || !container.running()) {
      throw new Refusal(500, "container not found (\"" + request.container() + "\")");
    }
    try {
      Sessions sessions = sessions(worker.runtime());
      return request.command().isEmpty()
          ? sessions.attach(container.id(), request.spec())
          : sessions.exec(container.id(), request.command(), request.spec());
    } catch (RuntimeFailure e) {
      throw new Refusal(500, e.message());
    }
  }
}
