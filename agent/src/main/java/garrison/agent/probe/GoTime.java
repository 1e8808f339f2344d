package garrison.agent.probe;

import java.time.Duration;

/** Durations as upstream's messages have them. */
public final class GoTime {
  private GoTime() {}

  /** Of whole seconds: {@code 10s}, {@code 1m20s}, {@code 5m0s}. */
  public static String text(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }
}
