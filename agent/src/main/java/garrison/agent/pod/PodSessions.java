package garrison.agent.pod;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Session;
import garrison.agent.runtime.Sessions;
import garrison.agent.session.SessionRefusal;
import garrison.agent.session.SessionRequest;
import garrison.agent.session.SessionSource;

/** Sessions in the containers of the node's pods (spec: node-agent 3.15). */
public final class PodSessions implements SessionSource {
  private final PodWorkers workers;

  PodSessions(PodWorkers workers) {
    this.workers = workers;
  }

  @Override
  public Session open(SessionRequest request) throws SessionRefusal {
    PodWorker worker = workers.find(request.namespace(), request.pod());
    if (worker == null
        || (!request.uid().isEmpty() && !request.uid().equals(worker.context().uid()))) {
      throw new SessionRefusal(404, "pod does not exist");
    }
    Container container = worker.containers().newest(request.container());
    if (container == null || !container.running()) {
      throw new SessionRefusal(500, "container not found (\"" + request.container() + "\")");
    }
    Sessions sessions = worker.runtime().sessions();
    if (sessions == null) {
      throw new SessionRefusal(
          500,
          "this version opens sessions in host processes only; on the node itself crictl does it");
    }
    try {
      return request.command().isEmpty()
          ? sessions.attach(container.id(), request.spec())
          : sessions.exec(container.id(), request.command(), request.spec());
    } catch (RuntimeFailure e) {
      throw new SessionRefusal(500, e.message());
    }
  }
}
