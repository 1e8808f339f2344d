package garrison.agent.probe;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the probes of a running container say now. Immutable.
 *
 * @param started whether it has passed its startup
 * @param ready whether it takes requests
 * @param failed the probe because of which it is to be ended, null where it may go on
 * @param grace to end it with, null for the pod's own
 */
public record Health(
    boolean started, boolean ready, @Nullable ProbeKind failed, @Nullable Duration grace) {
  /** Of a running container without probes. */
  public static final Health GOOD = new Health(true, true, null, null);

  /** Of a container that does not run. */
  public static final Health NONE = new Health(false, false, null, null);
}
