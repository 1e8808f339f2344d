package garrison.control.disruption;

import garrison.model.DisruptionBudget;
import garrison.model.IntOrPercent;

/**
 * How many pods a budget expects, and how many must be healthy (spec: daemonset 9.7). A whole
 * number of {@code minAvailable} needs no more than the pods; any other bound is a part of what
 * their owners want. Pure but for the scales it asks.
 */
sealed interface Expectation {
  /**
   * Worked out.
   *
   * @param withoutOwner whether pods that nobody manages were left out of the sum
   */
  record Known(long expected, long desired, boolean withoutOwner) implements Expectation {}

  /** Nobody knows, and why. */
  record Unknown(String why) implements Expectation {}

  /** Works it out. */
  static Expectation of(Tallies.Count count, Scales scales) {
    DisruptionBudget budget = count.budget();
    IntOrPercent most = budget.maxUnavailable();
    IntOrPercent least = budget.minAvailable();
    if (most == null && least == null) {
      return new Known(0, 0, false);
    }
    if (most == null && least != null && !least.percent()) {
      return new Known(count.pods(), least.value(), false);
    }
    long wanted = 0;
    for (Tally.Owned owned : count.owners()) {
      switch (scales.of(budget.namespace(), owned.owner())) {
        case Scales.Wanted(int pods) -> wanted += pods;
        case Scales.Missing missing -> {
          return new Unknown("found no controllers for pod \"" + owned.last() + "\"");
        }
        case Scales.Unknown(String why) -> {
          return new Unknown(why);
        }
      }
    }
    int expected = (int) Math.min(wanted, Integer.MAX_VALUE);
    long desired =
        most != null
            ? Math.max(0, expected - most.scaledUp(expected))
            : least == null ? 0 : least.scaledUp(expected);
    return new Known(expected, desired, count.unmanaged() > 0);
  }
}
