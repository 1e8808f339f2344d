package garrison.control.leader;

import java.time.Duration;

/**
 * The times of an election.
 *
 * @param lease how long others leave a holder alone that is silent
 * @param renew how long a holder goes on acting without a renewal
 * @param retry the pause between two tries
 */
public record ElectionTimes(Duration lease, Duration renew, Duration retry) {
  /** Those of Kubernetes' own components. */
  public static final ElectionTimes UPSTREAM =
      new ElectionTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

  /**
   * Checks that a silent holder stops before another one begins.
   *
   * @throws IllegalArgumentException with what to change
   */
  public ElectionTimes {
    if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("the lease duration must be at least 1s");
    }
    if (lease.compareTo(renew) <= 0) {
      throw new IllegalArgumentException(
          "the lease duration must be longer than the renew deadline");
    }
    if (!retry.isPositive() || renew.compareTo(retry.multipliedBy(6).dividedBy(5)) <= 0) {
      throw new IllegalArgumentException(
          "the renew deadline must be longer than 1.2 times the retry period");
    }
  }
}
