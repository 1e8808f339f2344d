package garrison.agent.node;

import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import org.jspecify.annotations.Nullable;

/** Tells of changes of a node's conditions, in upstream's words (spec: node-agent 2). */
public final class NodeEvents {
  private final EventRecorder events;
  private final String node;
  private @Nullable NodeConditions told;

  /** For one node; used by one thread. */
  public NodeEvents(EventRecorder events, String node) {
    this.events = events;
    this.node = node;
  }

  /** The node is registered, under this uid, and so it is. */
  public void tell(String uid, NodeConditions now) {
    NodeConditions before = told;
    told = now;
    ObjectReference about = new ObjectReference("v1", "Node", "", node, uid, "", "");
    if (before == null) {
      events.normal(about, "Starting", "Starting kubelet.");
    }
    status(
        about,
        before == null ? null : before.pressure().memory(),
        now.pressure().memory(),
        "NodeHasInsufficientMemory",
        "NodeHasSufficientMemory");
    status(
        about,
        before == null ? null : before.pressure().disk(),
        now.pressure().disk(),
        "NodeHasDiskPressure",
        "NodeHasNoDiskPressure");
    status(
        about,
        before == null ? null : before.pressure().pids(),
        now.pressure().pids(),
        "NodeHasInsufficientPID",
        "NodeHasSufficientPID");
    status(
        about,
        before == null ? null : before.problems().isEmpty(),
        now.problems().isEmpty(),
        "NodeReady",
        "NodeNotReady");
    String problem = now.limitsProblem();
    if (problem != null && (before == null || !problem.equals(before.limitsProblem()))) {
      events.warning(about, NodeConditions.LIMITS, NodeConditions.limitsMessage(problem));
    }
  }

  private void status(
      ObjectReference about, @Nullable Boolean before, boolean now, String yes, String no) {
    if (before == null || before != now) {
      String reason = now ? yes : no;
      events.normal(about, reason, "Node " + node + " status is now: " + reason);
    }
  }
}
