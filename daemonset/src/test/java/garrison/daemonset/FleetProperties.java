package garrison.daemonset;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * The incremental fleet against the {@link ReferenceFleet} after every event, and what must hold at
 * every step whatever happens.
 */
class FleetProperties {
  private static final AtomicLong EVENTS = new AtomicLong();

  @Provide
  Arbitrary<List<Step>> histories() {
    return Step.histories();
  }

  @Property(tries = 3000)
  void decidesAsTheReferenceDoesAfterEveryEvent(@ForAll("histories") List<Step> history) {
    run(history);
  }

  /** The same for more than a million events: mvn -pl daemonset test -Dsuites.excluded= */
  @Tag("whole")
  @Property(tries = 20_000, shrinking = ShrinkingMode.FULL)
  void decidesAsTheReferenceDoesInAMillionEvents(@ForAll("histories") List<Step> history) {
    run(history);
  }

  private static void run(List<Step> history) {
    Simulation simulation = new Simulation();
    for (Step step : history) {
      simulation.apply(step);
      simulation.check();
    }
    simulation.settle();
    EVENTS.addAndGet(simulation.events());
  }

  @AfterContainer
  static void count() {
    System.out.println("fleets compared after " + EVENTS + " events");
  }
}
