package garrison.agent.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.agent.image.ImageStep.Outcome;
import garrison.agent.image.ImageStep.Pulling;
import garrison.agent.image.ImageStep.Ready;
import garrison.agent.image.ImageStep.Waiting;
import garrison.agent.runtime.Credential;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.SandboxSpec;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Spec: node-agent 3.5. A runtime that knows images only; its time is moved by hand. */
class ImageStepTest {
  private static final String NAME = "quay.io/x:1";

  private final Set<String> here = ConcurrentHashMap.newKeySet();
  private final List<String> pulled = new CopyOnWriteArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final AtomicInteger woken = new AtomicInteger();
  private volatile boolean broken;
  private Instant now = Instant.parse("2026-11-25T10:00:00Z");
  private final ImageStep step =
      new ImageStep(new ImagePulls(System::nanoTime), () -> now, woken::incrementAndGet);

  private final Runtime runtime =
      (Runtime)
          Proxy.newProxyInstance(
              Runtime.class.getClassLoader(),
              new Class<?>[] {Runtime.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "image" ->
                        here.contains(arguments[0])
                            ? new Image("sha256:1", List.of(), List.of(), 42, 0L, "")
                            : null;
                    case "pull" -> pull((String) arguments[0], (Credential) arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private String pull(String name, Credential credential) {
    pulled.add(credential == null ? "nobody" : credential.username());
    if (broken || (credential != null && credential.username().equals("stranger"))) {
      throw new RuntimeFailure("ErrImagePull", "no such image");
    }
    here.add(name);
    return "sha256:1";
  }

  private Outcome ensure(String name, String policy, Credential... credentials) {
    return step.ensure(
        runtime,
        name,
        policy,
        SandboxSpec.of("ns", "p", "u"),
        () ->
            new ImageStep.Secrets() {
              @Override
              public List<Credential> fitting(ImageName image) {
                return List.of(credentials);
              }

              @Override
              public String missing() {
                return "lost";
              }
            },
        new ImageStep.Events() {
          @Override
          public void normal(String reason, String message) {
            told.add(reason + ": " + message);
          }

          @Override
          public void warning(String reason, String message) {
            told.add(reason + "! " + message);
          }
        });
  }

  /** Asks until a pull is over. */
  private Outcome outcome(String policy, Credential... credentials) {
    return await().until(() -> ensure(NAME, policy, credentials), o -> !(o instanceof Pulling));
  }

  @Test
  void whatIsHereIsUsed() {
    here.add(NAME);

    assertThat(outcome("IfNotPresent")).isInstanceOf(Ready.class);
    assertThat(pulled).isEmpty();
    assertThat(told)
        .containsExactly("Pulled: Container image \"quay.io/x:1\" already present on machine");
  }

  @Test
  void whatIsNotHereIsPulledOnceAndTold() {
    assertThat(outcome("IfNotPresent")).isInstanceOf(Ready.class);
    assertThat(pulled).containsExactly("nobody");
    await().untilAsserted(() -> assertThat(woken).hasValue(1));
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).isEqualTo("Pulling: Pulling image \"quay.io/x:1\"");
    assertThat(told.get(1))
        .matches(
            "Pulled: Successfully pulled image \"quay.io/x:1\" in \\d+m?s \\(\\d+m?s including"
                + " waiting\\)\\. Image size: 42 bytes\\.");
  }

  @Test
  void alwaysPullsWhatIsHereAlready() {
    here.add(NAME);

    assertThat(outcome("Always")).isInstanceOf(Ready.class);
    assertThat(outcome("Always")).isInstanceOf(Ready.class);
    assertThat(pulled).hasSize(2);
  }

  @Test
  void neverPullsNothing() {
    assertThat(outcome("Never"))
        .isEqualTo(
            new Waiting(
                "ErrImageNeverPull",
                "Container image \"quay.io/x:1\" is not present with pull policy of Never",
                Duration.ofSeconds(10)));
    assertThat(pulled).isEmpty();
  }

  @Test
  void credentialsAreTriedOneAfterAnother() {
    Credential stranger = new Credential("quay.io", "stranger", "", "", "");
    Credential friend = new Credential("quay.io", "friend", "", "", "");

    assertThat(outcome("Always", stranger, friend)).isInstanceOf(Ready.class);
    assertThat(pulled).containsExactly("stranger", "friend");
  }

  @Test
  void aPullThatFailedIsTriedAgainAfterTenSecondsThenTwentyAndSoOn() {
    broken = true;

    Outcome failed = outcome("IfNotPresent");
    assertThat(failed)
        .isEqualTo(new Waiting("ErrImagePull", "no such image", Duration.ofSeconds(1)));
    assertThat(told)
        .contains(
            "Failed! Failed to pull image \"quay.io/x:1\": no such image",
            "FailedToRetrieveImagePullSecret! Unable to retrieve some image pull secrets (lost);"
                + " attempting to pull the image may not succeed.");
    for (long wait : List.of(10L, 20L, 40L, 80L, 160L, 300L, 300L)) {
      now = now.plusSeconds(wait - 1);
      assertThat(ensure(NAME, "IfNotPresent"))
          .isEqualTo(
              new Waiting(
                  "ImagePullBackOff",
                  "Back-off pulling image \"quay.io/x:1\": ErrImagePull: no such image",
                  Duration.ofMillis(1010)));
      now = now.plusSeconds(1);
      assertThat(((Waiting) outcome("IfNotPresent")).reason()).isEqualTo("ErrImagePull");
    }
    broken = false;
    now = now.plusSeconds(300);
    assertThat(outcome("IfNotPresent")).isInstanceOf(Ready.class);
  }

  @Test
  void aFailureOfLongAgoIsForgotten() {
    broken = true;
    outcome("IfNotPresent");
    now = now.plusSeconds(10);
    outcome("IfNotPresent"); // the step is 20 s now
    now = now.plusSeconds(20 + 601);
    outcome("IfNotPresent");
    now = now.plusSeconds(10);
    assertThat(((Waiting) outcome("IfNotPresent")).reason()).isEqualTo("ErrImagePull");
  }

  @Test
  void aNameThatIsNoneIsSaidAtOnce() {
    assertThat(((Waiting) ensure("UPPER CASE", "")).reason()).isEqualTo("InvalidImageName");
  }

  @Test
  void moreThanTenAtOnceAreTooMany() {
    AtomicInteger time = new AtomicInteger();
    ImagePulls pulls = new ImagePulls(() -> time.get() * 100_000_000L);
    broken = true;
    List<ImagePulls.Pull> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(pulls.begin(runtime, NAME, List.of(), SandboxSpec.of("n", "p", "u"), () -> {}));
    }
    await().until(() -> all.stream().allMatch(ImagePulls.Pull::done));
    assertThat(all.stream().map(pull -> pull.failure().message()))
        .filteredOn("pull QPS exceeded"::equals)
        .hasSize(2);
    time.set(2); // a fifth of a second later there is one more
    ImagePulls.Pull later =
        pulls.begin(runtime, NAME, List.of(), SandboxSpec.of("n", "p", "u"), () -> {});
    await().until(later::done);
    assertThat(later.failure().message()).isEqualTo("no such image");
  }
}
