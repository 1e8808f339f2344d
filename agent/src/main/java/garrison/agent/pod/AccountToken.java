package garrison.agent.pod;

import java.time.Duration;
import java.time.Instant;

/**
 * A token of a service account.
 *
 * @param text a secret
 * @param expires when the server wants it to be replaced at the latest
 */
record AccountToken(String text, Instant expires) {
  private static final Duration LONGEST = Duration.ofHours(24);

  /** When to ask for the next one: at 80 % of its life, and once a day (spec: node-agent 3.11). */
  Instant renewAt(Instant issued) {
    Duration most = Duration.between(issued, expires).multipliedBy(8).dividedBy(10);
    return issued.plus(most.compareTo(LONGEST) > 0 ? LONGEST : most);
  }

  @Override
  public String toString() {
    return "a token until " + expires;
  }
}
