package garrison.agent.pod;

import garrison.agent.pod.ContainerView.Waiting;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.NoRuntime;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.agent.runtime.SandboxSpec;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * One pass over one pod: compares what should run with what runs, and does what is missing (spec:
 * node-agent 3.4). Idempotent; a pass that is cut short is completed by the next.
 *
 * <ol>
 *   <li>A sandbox, a new one where the last is not ready.
 *   <li>Volumes; while one cannot be set up, nothing starts.
 *   <li>Init containers one by one, sidecars among them, then the main ones, each by its {@link
 *       RestartDecision}.
 * </ol>
 */
final class PodSync {
  private static final Logger log = LoggerFactory.getLogger(PodSync.class);
  private static final Duration FIRST_MOUNT_RETRY = Duration.ofMillis(500);
  private static final Duration LAST_MOUNT_RETRY = Duration.ofSeconds(122);
  private static final Duration ERROR_RETRY = Duration.ofSeconds(10);
  private static final Duration CALM = Duration.ofSeconds(60);

  private final NodeServices services;
  private final Runtime runtime;
  private final Volumes volumes;
  private final ContainerPlan plan;
  private final Map<String, CrashBackOff> backOffs = new HashMap<>();
  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private Duration mountRetry = FIRST_MOUNT_RETRY;
  private @Nullable String sandboxProblem = "no pod sandbox exists";
  private volatile List<String> ips = List.of();
  private Duration next = CALM;

  PodSync(NodeServices services, Runtime runtime, Path podDirectory, References references) {
    this.services = services;
    this.runtime = runtime;
    this.volumes = new Volumes(podDirectory, references, services.clock());
    this.plan = new ContainerPlan(services, references);
  }

  /** Does one pass, and answers when the next is due if nothing happens before. */
  Duration pass(PodContext context, Told told) throws InterruptedException {
    next = CALM;
    if (runtime instanceof NoRuntime none) {
      return noRuntime(context, told, none.message());
    }
    SandboxSpec frame = SandboxPlan.of(context, services);
    Sandbox sandbox;
    try {
      sandbox = sandbox(frame, told);
    } catch (RuntimeFailure e) {
      told.warning("FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.message());
      return ERROR_RETRY;
    }
    sandboxProblem = null;
    ips =
        runtime.hostProcesses() || context.hostNetwork()
            ? List.of(context.address())
            : sandbox.ips();
    PodContext here = context.at(ips);
    Map<String, Path> paths;
    try {
      paths = volumes.setUp(here);
      mountRetry = FIRST_MOUNT_RETRY;
    } catch (MountFailure e) {
      told.warning("FailedMount", e.text());
      Duration wait = mountRetry;
      Duration doubled = mountRetry.multipliedBy(2);
      mountRetry = doubled.compareTo(LAST_MOUNT_RETRY) > 0 ? LAST_MOUNT_RETRY : doubled;
      return wait;
    }
    tellNotices(context, told);
    containers(here, told, frame, sandbox, paths);
    prune(sandbox);
    return next;
  }

  /** The pod's addresses; empty while it has none. */
  List<String> ips() {
    return ips;
  }

  /** Why there is no sandbox; null where there is one. */
  @Nullable String sandboxProblem() {
    return sandboxProblem;
  }

  private Duration noRuntime(PodContext context, Told told, String message) {
    told.warningOnce("FailedCreatePodSandBox", "Failed to create pod sandbox: " + message);
    sandboxProblem = message;
    for (String list : List.of("initContainers", "containers")) {
      for (JsonNode container : context.spec().path(list)) {
        waiting.put(container.path("name").asString(""), new Waiting(NoRuntime.REASON, message));
      }
    }
    return CALM;
  }

  private void tellNotices(PodContext context, Told told) {
    List<String> fields = Unsupported.withoutEffect(context.spec());
    if (runtime.hostProcesses() && !fields.isEmpty()) {
      told.warningOnce(
          "NotSupported", "without effect on a process of the host: " + String.join(", ", fields));
    }
    for (String notice : volumes.notices()) {
      told.warningOnce("NoServiceAccountToken", notice);
    }
  }

  private Sandbox sandbox(SandboxSpec frame, Told told) {
    List<Sandbox> all = runtime.sandboxes(frame.uid());
    Sandbox newest = all.isEmpty() ? null : all.getFirst();
    if (newest != null && newest.ready()) {
      return newest;
    }
    if (newest != null) {
      told.warningOnce("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
    }
    String id = runtime.runSandbox(frame.attempt(newest == null ? 0 : newest.attempt() + 1));
    return runtime.sandboxes(frame.uid()).stream()
        .filter(sandbox -> sandbox.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** All containers of all sandboxes of a pod. */
  ContainerSet set(String uid) {
    List<Container> all = new ArrayList<>();
    for (Sandbox sandbox : runtime.sandboxes(uid)) {
      all.addAll(runtime.containers(sandbox.id()));
    }
    return new ContainerSet(all);
  }

  private void containers(
      PodContext context, Told told, SandboxSpec frame, Sandbox sandbox, Map<String, Path> paths)
      throws InterruptedException {
    Step step = new Step(context, told, frame, sandbox, paths);
    ContainerSet set = new ContainerSet(runtime.containers(sandbox.id()));
    String policy = context.spec().path("restartPolicy").asString("Always");
    boolean initialized = false;
    for (JsonNode container : context.spec().path("containers")) {
      initialized |= set.newest(container.path("name").asString("")) != null;
    }
    for (JsonNode container : context.spec().path("initContainers")) {
      ContainerView view = view(set, container, true);
      if (view.sidecar()) {
        if (!step.drive(view, "Always") && !initialized) {
          return;
        }
      } else if (!initialized && !view.succeeded()) {
        step.drive(view, policy.equals("Always") ? "OnFailure" : policy);
        return; // the next one has to wait for its end
      }
    }
    for (JsonNode container : context.spec().path("containers")) {
      String own = container.path("restartPolicy").asString("");
      step.drive(view(set, container, false), own.isEmpty() ? policy : own);
    }
  }

  /** The containers of a pod in the order of its spec, for its status. */
  List<ContainerView> views(PodContext context, ContainerSet set, boolean init) {
    List<ContainerView> views = new ArrayList<>();
    for (JsonNode container : context.spec().path(init ? "initContainers" : "containers")) {
      views.add(view(set, container, init));
    }
    return views;
  }

  private ContainerView view(ContainerSet set, JsonNode container, boolean init) {
    String name = container.path("name").asString("");
    Container newest = set.newest(name);
    boolean running = newest != null && newest.running();
    boolean regular = init && !container.path("restartPolicy").asString("").equals("Always");
    boolean done = newest != null && newest.exited() && newest.exitCode() == 0;
    return new ContainerView(
        container,
        init,
        newest == null ? null : TerminationMessage.add(newest, container),
        set.before(name),
        running ? null : waiting.get(name),
        regular ? done : running,
        running);
  }

  private void prune(Sandbox sandbox) {
    ContainerSet set = new ContainerSet(runtime.containers(sandbox.id()));
    for (Container dead : set.surplus()) {
      runtime.removeContainer(dead.id());
      removeLogs(Path.of(dead.logPath()));
    }
  }

  private static void removeLogs(Path log) {
    Path directory = log.getParent();
    if (directory == null) {
      return;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, log.getFileName() + "*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      PodSync.log.debug("{} is gone already", log);
    } catch (IOException e) {
      PodSync.log.warn("old log {} stays: {}", log, e.toString());
    }
  }

  /** One container at a time, within one pass. */
  private final class Step {
    private final PodContext context;
    private final Told told;
    private final SandboxSpec frame;
    private final Sandbox sandbox;
    private final Map<String, Path> paths;

    Step(
        PodContext context,
        Told told,
        SandboxSpec frame,
        Sandbox sandbox,
        Map<String, Path> paths) {
      this.context = context;
      this.told = told;
      this.frame = frame;
      this.sandbox = sandbox;
      this.paths = paths;
    }

    /** Does what is to be done now; whether the container runs afterwards. */
    boolean drive(ContainerView view, String policy) throws InterruptedException {
      CrashBackOff backOff = backOffs.computeIfAbsent(view.name(), name -> new CrashBackOff());
      Instant now = services.clock().instant();
      String hash = ContainerPlan.hash(view.spec());
      switch (RestartDecision.of(view.current(), hash, policy, backOff, now)) {
        case RestartDecision.Keep() -> {
          waiting.remove(view.name());
          return true;
        }
        case RestartDecision.Done() -> {
          waiting.remove(view.name());
          return false;
        }
        case RestartDecision.BackOff(Duration left, Duration step) -> {
          backOff(view, left, step);
          return false;
        }
        case RestartDecision.Replace() -> {
          String name = view.init() ? "Init container " : "Container ";
          told.normal(
              view,
              "Killing",
              name
                  + view.name()
                  + " definition changed"
                  + (view.init() ? "" : ", will be restarted"));
          Container old = view.current();
          if (old != null) {
            runtime.stopContainer(old.id(), grace());
            return start(view, old.attempt() + 1);
          }
          return false;
        }
        case RestartDecision.Start(int attempt) -> {
          Container ended = view.current();
          if (ended != null && ended.state() == Container.State.CREATED) {
            runtime.removeContainer(ended.id());
          }
          boolean started = start(view, attempt);
          if (ended != null && ended.exited()) {
            Instant finished = ended.finishedAt() == null ? ended.createdAt() : ended.finishedAt();
            backOff.restarted(finished, now);
          }
          return started;
        }
      }
    }

    private Duration grace() {
      long seconds = context.spec().path("terminationGracePeriodSeconds").asLong(30);
      return Duration.ofSeconds(Math.max(2, seconds));
    }

    private void backOff(ContainerView view, Duration left, Duration step) {
      Waiting why =
          new Waiting(
              "CrashLoopBackOff",
              "back-off "
                  + text(step)
                  + " restarting failed container="
                  + view.name()
                  + " pod="
                  + context.full());
      if (!why.equals(waiting.put(view.name(), why))) {
        told.warning(
            view,
            "BackOff",
            "Back-off restarting failed container " + view.name() + " in pod " + context.full());
      }
      soon(left.plusMillis(10));
    }

    private boolean start(ContainerView view, int attempt) throws InterruptedException {
      String image = view.spec().path("image").asString("");
      Image found;
      try {
        found = image(image);
      } catch (RuntimeFailure e) {
        failed(view, e);
        return false;
      }
      String id;
      try {
        ContainerSpec spec =
            plan.of(context, runtime, view.spec(), found, attempt(view, attempt), paths);
        id = runtime.createContainer(sandbox.id(), frame, spec);
      } catch (RuntimeFailure e) {
        failed(view, e);
        return false;
      } catch (StatusException | UnreachableException e) {
        failed(
            view, new RuntimeFailure("CreateContainerConfigError", String.valueOf(e.getMessage())));
        return false;
      }
      told.normal(view, "Created", "Container created");
      try {
        runtime.startContainer(id);
      } catch (RuntimeFailure e) {
        failed(view, e);
        return false;
      }
      told.normal(view, "Started", "Container started");
      waiting.remove(view.name());
      return true;
    }

    private Image image(String name) throws InterruptedException {
      Image here = runtime.image(name);
      if (here != null) {
        return here;
      }
      Image pulled = runtime.image(runtime.pull(name, null, frame));
      if (pulled == null) {
        throw new RuntimeFailure("ErrImagePull", "the image is gone right after its pull");
      }
      return pulled;
    }

    /** Where no record is left, the logs tell how often it was started. */
    private int attempt(ContainerView view, int attempt) {
      if (view.current() != null) {
        return attempt;
      }
      int highest = -1;
      Path directory = ContainerPlan.logDirectory(services, context, view.name());
      try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "*.log")) {
        for (Path file : logs) {
          String name = String.valueOf(file.getFileName());
          String number = name.substring(0, name.length() - ".log".length());
          if (number.chars().allMatch(Character::isDigit) && !number.isEmpty()) {
            highest = Math.max(highest, Integer.parseInt(number));
          }
        }
      } catch (IOException e) {
        return attempt;
      }
      return Math.max(attempt, highest + 1);
    }

    private void failed(ContainerView view, RuntimeFailure e) {
      Waiting why = new Waiting(e.reason(), e.message());
      if (!why.equals(waiting.put(view.name(), why))) {
        told.warning(
            view,
            e.reason().equals("ErrImageNeverPull") ? e.reason() : "Failed",
            e.reason().equals("ErrImageNeverPull") ? e.message() : "Error: " + e.message());
      }
      soon(ERROR_RETRY);
    }

    private void soon(Duration wait) {
      next = wait.compareTo(next) < 0 ? wait : next;
    }
  }

  /** As Go writes durations of whole seconds: {@code 10s}, {@code 1m20s}, {@code 5m0s}. */
  static String text(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }

  /** Whether anything of the pod was ever started here, and its record is still kept. */
  boolean anything(String uid) {
    return !runtime.sandboxes(uid).isEmpty();
  }

  /** Ends what is left in any sandbox at once; whether nothing of it runs any more. */
  boolean stopSandboxes(String uid) {
    for (Sandbox sandbox : runtime.sandboxes(uid)) {
      runtime.stopSandbox(sandbox.id());
    }
    return set(uid).running().isEmpty();
  }

  /** Why a container waits; empty where it does not. Any thread may ask. */
  String waitingReason(String container) {
    Waiting why = waiting.get(container);
    return why == null ? "" : why.reason();
  }
}
