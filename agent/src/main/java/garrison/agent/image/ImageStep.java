package garrison.agent.image;

import garrison.agent.runtime.Credential;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.SandboxSpec;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the images of one pod ready, by each container's policy (spec: node-agent 3.5). Never
 * blocks for a pull: it begins one, and whoever asks again when it is over gets the outcome. A pull
 * that failed is tried again after 10 s, doubling to 300 s. Called by the pod's worker only.
 */
public final class ImageStep implements AutoCloseable {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration MOST = Duration.ofSeconds(300);
  private static final Duration FORGET = Duration.ofSeconds(600);
  private static final String BACK_OFF = "ImagePullBackOff";

  private final ImagePulls pulls;
  private final InstantSource clock;
  private final Runnable wake;
  private final Map<String, ImagePulls.Pull> running = new HashMap<>();
  private final Map<String, Failed> failed = new HashMap<>();

  /** The last failure of an image. */
  private record Failed(RuntimeFailure why, Duration step, Instant until) {}

  /** What comes of asking. */
  public sealed interface Outcome {}

  /** It is here. */
  public record Ready(Image image) implements Outcome {}

  /** A pull is under way; {@code wake} is called when it is over. */
  public record Pulling() implements Outcome {}

  /**
   * It is not to be had for now.
   *
   * @param reason of the waiting container
   * @param message of the waiting container
   * @param retry when to ask again
   */
  public record Waiting(String reason, String message, Duration retry) implements Outcome {}

  /** Who is told, in upstream's words. */
  public interface Events {
    /** Something usual about the container. */
    void normal(String reason, String message);

    /** A warning about the container. */
    void warning(String reason, String message);
  }

  /** Who may fetch an image: asked only when it is fetched. */
  public interface Secrets {
    /** Those that fit; a secret that cannot be had is left out. */
    List<Credential> fitting(ImageName image);

    /** Names of those that were left out, for people; empty where none was. */
    String missing();
  }

  /** {@code wake} is called, on any thread, when a pull of this pod is over. */
  public ImageStep(ImagePulls pulls, InstantSource clock, Runnable wake) {
    this.pulls = pulls;
    this.clock = clock;
    this.wake = wake;
  }

  /**
   * Looks for an image, and does what its policy says.
   *
   * @param policy Always, IfNotPresent or Never; empty for the default
   */
  public Outcome ensure(
      Runtime runtime,
      String text,
      String policy,
      SandboxSpec sandbox,
      Supplier<Secrets> secrets,
      Events events) {
    ImageName name = ImageName.parse(text);
    if (name == null) {
      String why =
          "Failed to apply default image tag \""
              + text
              + "\": couldn't parse image name \""
              + text
              + "\": invalid reference format";
      events.warning("InspectFailed", why);
      return wait("InvalidImageName", why, MOST);
    }
    ImagePulls.Pull pull = running.get(name.text());
    if (pull != null) {
      if (!pull.done()) {
        return new Pulling();
      }
      running.remove(name.text());
      return finished(runtime, name, pull, events, secrets);
    }
    Image here;
    try {
      here = runtime.image(name.text());
    } catch (RuntimeFailure e) {
      String why = "Failed to inspect image \"\": " + e.message();
      events.warning("InspectFailed", why);
      return wait("ImageInspectError", why, FIRST);
    }
    String effective = policy.isEmpty() ? name.defaultPolicy() : policy;
    if (here != null && !effective.equals("Always")) {
      events.normal("Pulled", "Container image \"" + text + "\" already present on machine");
      return new Ready(here);
    }
    if (effective.equals("Never")) {
      String why = "Container image \"" + text + "\" is not present with pull policy of Never";
      events.warning("ErrImageNeverPull", why);
      return wait("ErrImageNeverPull", why, FIRST);
    }
    return pull(runtime, name, sandbox, secrets.get(), events);
  }

  private Outcome pull(
      Runtime runtime, ImageName name, SandboxSpec sandbox, Secrets secrets, Events events) {
    Failed last = failed.get(name.text());
    Instant now = clock.instant();
    if (last != null && now.isBefore(last.until())) {
      String why = "Back-off pulling image \"" + name.text() + "\"";
      events.normal("BackOff", why);
      return wait(
          BACK_OFF,
          why + ": " + last.why().reason() + ": " + last.why().message(),
          Duration.between(now, last.until()).plusMillis(10));
    }
    events.normal("Pulling", "Pulling image \"" + name.text() + "\"");
    running.put(
        name.text(), pulls.begin(runtime, name.text(), secrets.fitting(name), sandbox, wake));
    return new Pulling();
  }

  private Outcome finished(
      Runtime runtime,
      ImageName name,
      ImagePulls.Pull pull,
      Events events,
      Supplier<Secrets> secrets) {
    RuntimeFailure failure = pull.failure();
    Image image = failure == null ? runtime.image(name.text()) : null;
    if (failure == null && image == null) {
      failure = new RuntimeFailure("ErrImagePull", "the image is gone right after its pull");
    }
    if (failure == null && image != null) {
      failed.remove(name.text());
      events.normal(
          "Pulled",
          "Successfully pulled image \""
              + name.text()
              + "\" in "
              + text(pull.took())
              + " ("
              + text(pull.withWait())
              + " including waiting). Image size: "
              + image.size()
              + " bytes.");
      return new Ready(image);
    }
    Failed next = next(failed.get(name.text()), failure);
    failed.put(name.text(), next);
    events.warning(
        "Failed", "Failed to pull image \"" + name.text() + "\": " + next.why().message());
    String missing = secrets.get().missing();
    if (!missing.isEmpty()) {
      events.warning(
          "FailedToRetrieveImagePullSecret",
          "Unable to retrieve some image pull secrets ("
              + missing
              + "); attempting to pull the image may not succeed.");
    }
    return wait(next.why().reason(), next.why().message(), Duration.ofSeconds(1));
  }

  private Failed next(@Nullable Failed last, @Nullable RuntimeFailure why) {
    Instant now = clock.instant();
    boolean anew = last == null || Duration.between(last.until(), now).compareTo(FORGET) > 0;
    Duration step = anew || last == null ? FIRST : last.step().multipliedBy(2);
    Duration kept = step.compareTo(MOST) > 0 ? MOST : step;
    RuntimeFailure known = why == null ? new RuntimeFailure("ErrImagePull", "unknown") : why;
    return new Failed(known, kept, now.plus(kept));
  }

  private static Waiting wait(String reason, String message, Duration retry) {
    return new Waiting(reason, message, retry);
  }

  /** As Go writes durations to the millisecond: {@code 1.25s}, {@code 340ms}. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + "ms";
    }
    String seconds =
        BigDecimal.valueOf(millis % 60_000, 3).stripTrailingZeros().toPlainString() + "s";
    return millis < 60_000 ? seconds : millis / 60_000 + "m" + seconds;
  }

  /** Lets go of pulls under way. */
  @Override
  public void close() {
    running.values().forEach(ImagePulls.Pull::cancel);
  }
}
