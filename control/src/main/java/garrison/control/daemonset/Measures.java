package garrison.control.daemonset;

import garrison.daemonset.Action;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The figures of the loop. Thread-safe. */
final class Measures {
  private static final String WAITING = "garrison.daemonset.events.waiting";

  private final MeterRegistry meters;
  private final Timer passes;

  Measures(MeterRegistry meters, EventLoop loop) {
    this.meters = meters;
    this.passes =
        Timer.builder("garrison.daemonset.pass")
            .description("Time to decide what to do after a batch of events")
            .register(meters);
    gauge(loop);
  }

  /** That of an earlier loop of this program would hide this one's. */
  private void gauge(EventLoop loop) {
    Gauge earlier = meters.find(WAITING).gauge();
    if (earlier != null) {
      meters.remove(earlier);
    }
    meters.gauge(WAITING, loop, EventLoop::size);
  }

  void pass(Duration took) {
    passes.record(took);
  }

  /** An action was carried out, or refused. */
  void action(Action action, boolean done) {
    String verb = action instanceof Action.CreatePod ? "create" : "delete";
    meters
        .counter(
            "garrison.daemonset.actions",
            "verb",
            verb,
            "why",
            action.why().label(),
            "outcome",
            done ? "done" : "failed")
        .increment();
  }

  /** A status was written. */
  void status() {
    meters.counter("garrison.daemonset.status.writes").increment();
  }
}
