package garrison.agent.hollow;

import garrison.agent.hollow.HollowStep.Delete;
import garrison.agent.hollow.HollowStep.Later;
import garrison.agent.hollow.HollowStep.Nothing;
import garrison.agent.hollow.HollowStep.Report;
import garrison.agent.pod.ContainerRole;
import garrison.agent.pod.ContainerView;
import garrison.agent.pod.ContainerView.Waiting;
import garrison.agent.pod.PodContext;
import garrison.agent.pod.PodStatus;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.Container.State;
import garrison.model.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a hollow node says of a pod: every init container has succeeded and every other one runs and
 * is ready, from the first look on; only an image with the tag {@code non-existent} cannot be
 * pulled, with the reasons that a real node gives (spec: node-agent 3.5, 3.6). Pure.
 */
final class HollowPod {
  /** The scheme of its container ids. */
  static final String RUNTIME = "hollow";

  static final String PULL_FAILED = "ErrImagePull";
  static final String BACK_OFF = "ImagePullBackOff";
  private static final String MISSING_TAG = ":non-existent";
  private static final Duration PULL_WAIT = Duration.ofSeconds(1);

  private final PodContext context;
  private final Instant now;
  private final boolean waited;

  private HollowPod(PodContext context, Instant now, boolean waited) {
    this.context = context;
    this.now = now;
    this.waited = waited;
  }

  /**
   * The next step.
   *
   * @param waited whether the wait that an earlier step asked for is over
   */
  static HollowStep step(PodContext context, Instant now, boolean waited) {
    if (context.metadata().has("deletionTimestamp")) {
      return new Delete();
    }
    JsonNode status = context.pod().path("status");
    String phase = status.path("phase").asString("");
    if (phase.equals("Succeeded") || phase.equals("Failed") || settled(context, status)) {
      return new Nothing();
    }
    return new HollowPod(context, now, waited).report(status);
  }

  /** The usual case, found without writing a status anew. */
  private static boolean settled(PodContext context, JsonNode status) {
    return status.path("observedGeneration").asLong(-1)
            == context.metadata().path("generation").asLong(0)
        && status.path("podIP").asString("").equals(context.address())
        && ready(status.path("conditions"));
  }

  private static boolean ready(JsonNode conditions) {
    for (JsonNode condition : conditions) {
      if (condition.path("type").asString("").equals("Ready")) {
        return condition.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  private HollowStep report(JsonNode before) {
    List<ContainerView> init = new ArrayList<>();
    List<ContainerView> main = new ArrayList<>();
    boolean initialized = true;
    for (JsonNode container : context.spec().path("initContainers")) {
      ContainerView view = view(before, container, ContainerRole.INIT, initialized);
      init.add(view);
      initialized &= view.current() != null;
    }
    for (JsonNode container : context.spec().path("containers")) {
      main.add(view(before, container, ContainerRole.MAIN, initialized));
    }
    List<ContainerView> ephemeral = new ArrayList<>();
    for (JsonNode container : context.spec().path(ContainerRole.EPHEMERAL.list())) {
      ephemeral.add(view(before, container, ContainerRole.EPHEMERAL, true));
    }
    List<ContainerView> failing = new ArrayList<>();
    init.stream().filter(view -> view.waiting() != null).forEach(failing::add);
    main.stream().filter(view -> view.waiting() != null).forEach(failing::add);
    ephemeral.stream().filter(view -> view.waiting() != null).forEach(failing::add);
    Instant seen = Timestamps.parse(before.path("startTime"));
    ObjectNode status =
        new PodStatus(
                context,
                init,
                main,
                ephemeral,
                RUNTIME,
                null,
                seen == null ? now : seen,
                false,
                false)
            .toJson(before, now);
    if (!holds(before, status)) {
      return new Report(status, failing);
    }
    boolean pulling = failing.stream().anyMatch(view -> reason(view).equals(PULL_FAILED));
    return pulling ? new Later(PULL_WAIT) : new Nothing();
  }

  static String reason(ContainerView view) {
    Waiting waiting = view.waiting();
    return waiting == null ? "" : waiting.reason();
  }

  private ContainerView view(
      JsonNode before, JsonNode container, ContainerRole role, boolean mayStart) {
    JsonNode status = find(before, container, role);
    if (!mayStart) {
      return new ContainerView(container, role, null, null, null, false, false);
    }
    String image = container.path("image").asString("");
    if (image.endsWith(MISSING_TAG)) {
      Waiting waiting = pull(status, image);
      return new ContainerView(container, role, null, null, waiting, false, false);
    }
    boolean runs =
        role != ContainerRole.INIT || container.path("restartPolicy").asString("").equals("Always");
    return new ContainerView(
        container,
        role,
        container(status, container, runs),
        null,
        null,
        role != ContainerRole.EPHEMERAL,
        runs);
  }

  /** First the failure itself; once that has been told and waited for, the wait for another try. */
  private Waiting pull(JsonNode status, String image) {
    String told = status.path("state").path("waiting").path("reason").asString("");
    String why = failure(image);
    return told.equals(BACK_OFF) || (waited && told.equals(PULL_FAILED))
        ? new Waiting(BACK_OFF, backOff(image) + ": " + PULL_FAILED + ": " + why)
        : new Waiting(PULL_FAILED, why);
  }

  /** Why the pull fails. */
  static String failure(String image) {
    return "failed to resolve reference \"" + image + "\": not found";
  }

  /** The sentence of the event. */
  static String backOff(String image) {
    return "Back-off pulling image \"" + image + "\"";
  }

  private Container container(JsonNode status, JsonNode spec, boolean runs) {
    String name = spec.path("name").asString("");
    String image = spec.path("image").asString("");
    JsonNode state = status.path("state").path(runs ? "running" : "terminated");
    Instant started = Timestamps.parse(state.path("startedAt"));
    Instant since = started == null ? now : started;
    Instant finished = Timestamps.parse(state.path("finishedAt"));
    return new Container(
        id(name),
        context.uid(),
        name,
        status.path("restartCount").asInt(0),
        image,
        image,
        runs ? State.RUNNING : State.EXITED,
        since,
        since,
        runs ? null : finished == null ? since : finished,
        0,
        runs ? "" : "Completed",
        "",
        "",
        "",
        Map.of(),
        null);
  }

  /** The same one after a restart of the hollow node. */
  private String id(String container) {
    String text = context.uid() + "/" + container;
    UUID name = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    return (context.uid() + name).replace("-", "");
  }

  private static JsonNode find(JsonNode before, JsonNode container, ContainerRole role) {
    for (JsonNode status : before.path(role.statuses())) {
      if (status.path("name").equals(container.path("name"))) {
        return status;
      }
    }
    return before.path("none");
  }

  /** Whether all that {@code wanted} says stands already; what others added does not count. */
  private static boolean holds(@Nullable JsonNode present, JsonNode wanted) {
    if (present == null || present.isNull() || wanted.isNull()) {
      return wanted.isNull() && (present == null || present.isNull());
    }
    if (wanted instanceof ObjectNode object) {
      return object.properties().stream()
          .allMatch(member -> holds(present.get(member.getKey()), member.getValue()));
    }
    if (wanted instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        JsonNode same = array.get(i).has("type") ? typed(present, array.get(i)) : present.get(i);
        if (!holds(same, array.get(i))) {
          return false;
        }
      }
      return true;
    }
    return wanted.isIntegralNumber() // which may have come back as wider ones
        ? present.asLong(Long.MIN_VALUE) == wanted.longValue()
        : present.equals(wanted);
  }

  private static @Nullable JsonNode typed(JsonNode conditions, JsonNode wanted) {
    for (JsonNode condition : conditions) {
      if (condition.path("type").equals(wanted.path("type"))) {
        return condition;
      }
    }
    return null;
  }
}
