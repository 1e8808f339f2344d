package garrison.agent.probe;

import garrison.agent.probe.Answer.Verdict;
import garrison.agent.probe.ProbeState.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * Runs the probes of one running container, from its start to its end. Each has one turn at a time,
 * so a check that hangs delays no other probe. Thread-safe; nothing here blocks.
 */
final class ContainerProbes {
  private static final int TRIES = 3;

  private final Probes node;
  private final PodProbes.Listener listener;
  private final String name;
  private final Target target;
  private final Instant startedAt;
  private final Map<ProbeKind, Slot> slots = new EnumMap<>(ProbeKind.class); // guarded by this
  private boolean stopping; // guarded by this
  private boolean closed; // guarded by this

  private static final class Slot {
    private ProbeState state;
    private long turn;
    private boolean asking;

    Slot(ProbeState state) {
      this.state = state;
    }
  }

  /** Begins to probe. */
  ContainerProbes(
      Probes node,
      PodProbes.Listener listener,
      String name,
      Target target,
      Instant startedAt,
      Iterable<ProbeState> states) {
    this.node = node;
    this.listener = listener;
    this.name = name;
    this.target = target;
    this.startedAt = startedAt;
    for (ProbeState state : states) {
      slots.put(state.probe().kind(), new Slot(state));
    }
    arm(node.fromBefore(startedAt));
  }

  synchronized Health health() {
    Slot readiness = slots.get(ProbeKind.READINESS);
    boolean started = started();
    boolean ready = started && (readiness == null || readiness.state.result() == Result.SUCCESS);
    for (Slot slot : slots.values()) {
      if (slot.state.failed()) {
        Probe probe = slot.state.probe();
        return new Health(started, ready, probe.kind(), probe.grace());
      }
    }
    return new Health(started, ready, null, null);
  }

  private boolean started() {
    Slot startup = slots.get(ProbeKind.STARTUP);
    return startup == null || startup.state.result() == Result.SUCCESS;
  }

  /** One that has started and is not ready yet is asked without delay. */
  synchronized void hurry() {
    Slot slot = slots.get(ProbeKind.READINESS);
    if (slot != null
        && slot.state.result() != Result.SUCCESS
        && slot.state.asks(started(), stopping)
        && slot.state.wait(sinceStart()).isZero()) {
      schedule(slot, Duration.ZERO);
    }
  }

  /** The container is being stopped for good. */
  synchronized void stopping() {
    stopping = true;
  }

  synchronized void close() {
    closed = true;
  }

  private Duration sinceStart() {
    return Duration.between(startedAt, node.clock().instant());
  }

  /** Gives a turn to all that may ask now. */
  private synchronized void arm(boolean spread) {
    for (Slot slot : slots.values()) {
      if (slot.state.asks(started(), stopping)) {
        Duration wait = slot.state.wait(sinceStart());
        Duration period = slot.state.probe().period();
        schedule(slot, spread ? wait.plus(node.spread(period)) : wait);
      }
    }
  }

  private void schedule(Slot slot, Duration wait) {
    if (!slot.asking) {
      long turn = ++slot.turn;
      node.timer().after(wait, () -> turn(slot, turn));
    }
  }

  private void turn(Slot slot, long turn) {
    synchronized (this) {
      boolean now = turn == slot.turn && !slot.asking && !closed;
      if (!now || !slot.state.asks(started(), stopping)) {
        return;
      }
      slot.asking = true;
    }
    ask(slot, 1, node.timer().nanos());
  }

  private void ask(Slot slot, int attempt, long begun) {
    Probe probe = slot.state.probe();
    var unused =
        node.checks()
            .ask(probe.check(), target, probe.timeout())
            .thenAccept(answer -> answered(slot, attempt, begun, answer));
  }

  private void answered(Slot slot, int attempt, long begun, Answer answer) {
    if (answer.verdict() == Verdict.ERROR && attempt < TRIES) {
      ask(slot, attempt + 1, begun);
      return;
    }
    boolean changed;
    synchronized (this) {
      slot.asking = false;
      if (closed) {
        return;
      }
      ProbeState before = slot.state;
      slot.state = before.after(answer.verdict());
      changed = slot.state.result() != before.result();
      if (slot.state.asks(started(), stopping)) {
        Duration taken = Duration.ofNanos(node.timer().nanos() - begun);
        schedule(slot, later(slot.state.probe().period().minus(taken)));
      } else if (changed && started()) {
        arm(false);
      }
    }
    Answer.Words words = answer.words(slot.state.probe().kind());
    if (words != null) {
      listener.warning(name, words.reason(), words.message());
    }
    if (changed) {
      listener.changed();
    }
  }

  private static Duration later(Duration wait) {
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
