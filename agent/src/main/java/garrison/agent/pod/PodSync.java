package garrison.agent.pod;

import garrison.agent.image.ImageStep;
import garrison.agent.pod.ContainerView.Waiting;
import garrison.agent.pod.RestartDecision.Cause;
import garrison.agent.probe.GoTime;
import garrison.agent.probe.Health;
import garrison.agent.probe.ProbeKind;
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
 *   <li>Containers for debugging, each once.
 *   <li>Init containers one by one, sidecars among them, then the main ones, each by its {@link
 *       RestartDecision}.
 * </ol>
 */
final class PodSync implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodSync.class);
  private static final Duration FIRST_MOUNT_RETRY = Duration.ofMillis(500);
  private static final Duration LAST_MOUNT_RETRY = Duration.ofSeconds(122);
  private static final Duration ERROR_RETRY = Duration.ofSeconds(10);
  private static final Duration CALM = Duration.ofSeconds(60);

  private final NodeServices services;
  private final Path podDirectory;
  private final Runtime runtime;
  private final Volumes volumes;
  private final ContainerPlan plan;
  private final SandboxStep frames;
  private final References references;
  private final ImageStep images;
  private final Told told;
  private final RunningContainers running;
  private final Map<String, CrashBackOff> backOffs = new HashMap<>();

  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private Duration mountRetry = FIRST_MOUNT_RETRY;
  private @Nullable String sandboxProblem = "no pod sandbox exists";
  private volatile List<String> ips = List.of();
  private Duration next = CALM;

  /** How the containers are, those that ended among them. */
  record Look(List<ContainerView> init, List<ContainerView> main, List<ContainerView> ephemeral) {}

  /** With whom to tell, and {@code wake} to be called when another pass is worth it. */
  PodSync(
      NodeServices services,
      Runtime runtime,
      Path podDirectory,
      References references,
      Told told,
      Runnable wake) {
    this.services = services;
    this.told = told;
    this.running = new RunningContainers(services, runtime, told, wake);
    this.podDirectory = podDirectory;
    this.runtime = runtime;
    this.volumes = new Volumes(podDirectory, references, services);
    this.plan = new ContainerPlan(services, references);
    this.frames = new SandboxStep(services, runtime, references);
    this.references = references;
    this.images = new ImageStep(services.pulls(), services.clock(), wake);
  }

  /** Does one pass, and answers when the next is due if nothing happens before. */
  Duration pass(PodContext context) throws InterruptedException {
    next = CALM;
    if (runtime instanceof NoRuntime none) {
      return noRuntime(context, none.message());
    }
    String noNetwork = context.hostNetwork() ? null : runtime.networkProblem();
    if (noNetwork != null) {
      told.warning("NetworkNotReady", "network is not ready: " + noNetwork);
      return ERROR_RETRY;
    }
    Volumes.Ready ready = volumes.setUp(context);
    Map<String, Path> paths = ready.paths();
    ready.failures().forEach(failure -> told.warning("FailedMount", failure));
    if (ready.complete()) {
      mountRetry = FIRST_MOUNT_RETRY;
    } else {
      Duration wait = mountRetry;
      Duration doubled = mountRetry.multipliedBy(2);
      mountRetry = doubled.compareTo(LAST_MOUNT_RETRY) > 0 ? LAST_MOUNT_RETRY : doubled;
      return wait;
    }
    tellNotices(context);
    SandboxSpec frame;
    Sandbox sandbox;
    try {
      frame = frames.frame(context, told);
      sandbox = frames.ensure(context, frame, told);
    } catch (RuntimeFailure e) {
      tellNoSandbox(e);
      return ERROR_RETRY;
    }
    if (sandbox == null) {
      sandboxProblem = "pod sandbox is not ready";
      return next;
    }
    sandboxProblem = null;
    ips =
        runtime.hostProcesses() || context.hostNetwork()
            ? List.of(context.address())
            : sandbox.ips();
    containers(context.at(ips), frame, sandbox, paths);
    prune(context);
    return next;
  }

  private void tellNoSandbox(RuntimeFailure e) {
    if (e.reason().equals("FailedCreatePodContainer")) {
      told.warning(e.reason(), e.message());
    } else {
      told.warning("FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.message());
    }
  }

  /** The pod's addresses; empty while it has none. */
  List<String> ips() {
    return ips;
  }

  /** Why there is no sandbox; null where there is one. */
  @Nullable String sandboxProblem() {
    return sandboxProblem;
  }

  private Duration noRuntime(PodContext context, String message) {
    told.warningOnce("FailedCreatePodSandBox", "Failed to create pod sandbox: " + message);
    sandboxProblem = message;
    for (ContainerRole role : ContainerRole.values()) {
      for (JsonNode container : context.spec().path(role.list())) {
        waiting.put(container.path("name").asString(""), new Waiting(NoRuntime.REASON, message));
      }
    }
    return CALM;
  }

  private void tellNotices(PodContext context) {
    List<String> fields = Unsupported.withoutEffect(context.spec());
    if (runtime.hostProcesses() && !fields.isEmpty()) {
      told.warningOnce(
          "NotSupported", "without effect on a process of the host: " + String.join(", ", fields));
    }
    for (String notice : volumes.notices()) {
      told.warningOnce("NoServiceAccountToken", notice);
    }
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
      PodContext context, SandboxSpec frame, Sandbox sandbox, Map<String, Path> paths)
      throws InterruptedException {
    Step step = new Step(context, frame, sandbox, paths);
    ContainerSet set = new ContainerSet(runtime.containers(sandbox.id()));
    running.observe(context, set);
    running.hurry();
    if (!context.spec().path(ContainerRole.EPHEMERAL.list()).isEmpty()) {
      ContainerSet ever = set(context.uid()); // one that ran in a frame of before has run
      for (ContainerView view : views(context, ever, ContainerRole.EPHEMERAL)) {
        step.debug(view);
      }
    }
    boolean initialized = false;
    for (JsonNode container : context.spec().path("containers")) {
      initialized |= set.newest(container.path("name").asString("")) != null;
    }
    for (JsonNode container : context.spec().path("initContainers")) {
      ContainerView view = view(context, set, container, ContainerRole.INIT);
      if (view.sidecar()) {
        if (!step.drive(view) && !initialized) {
          return;
        }
      } else if (!initialized && !view.succeeded()) {
        step.drive(view);
        return; // the next one has to wait for its end
      }
    }
    boolean hook = false;
    for (JsonNode container : context.spec().path("containers")) {
      ContainerView view = view(context, set, container, ContainerRole.MAIN);
      if (hook && view.current() == null) {
        continue; // it waits for the postStart hook of one before it
      }
      step.drive(view);
      hook |= running.hook(view.name()) != null;
    }
  }

  /** Looks at all containers, for the pod's status. */
  Look look(PodContext context) {
    ContainerSet set = set(context.uid());
    running.observe(context, set);
    ContainerSet seen = running.seen(set);
    return new Look(
        views(context, seen, ContainerRole.INIT),
        views(context, seen, ContainerRole.MAIN),
        views(context, seen, ContainerRole.EPHEMERAL));
  }

  private List<ContainerView> views(PodContext context, ContainerSet set, ContainerRole role) {
    List<ContainerView> views = new ArrayList<>();
    for (JsonNode container : context.spec().path(role.list())) {
      views.add(view(context, set, container, role));
    }
    return views;
  }

  private ContainerView view(
      PodContext context, ContainerSet set, JsonNode container, ContainerRole role) {
    JsonNode spec = context.spec();
    int containers = spec.path("containers").size() + spec.path("initContainers").size();
    String name = container.path("name").asString("");
    Container newest = set.newest(name);
    boolean regular =
        role == ContainerRole.INIT
            && !container.path("restartPolicy").asString("").equals("Always");
    boolean done = newest != null && newest.exited() && newest.exitCode() == 0;
    boolean runs = newest != null && newest.running();
    Health health = newest == null ? Health.NONE : running.health(newest);
    return new ContainerView(
        container,
        role,
        newest == null ? null : TerminationMessage.add(newest, container, podDirectory, containers),
        set.before(name),
        runs ? null : waiting.get(name),
        regular ? done : health.ready(),
        health.started());
  }

  /** Begins to stop all of the pod, for good. */
  PodStop stop(PodContext context, Duration grace) {
    ContainerSet set = set(context.uid());
    running.observe(context, set);
    List<ContainerView> views = new ArrayList<>();
    for (ContainerRole role : ContainerRole.values()) {
      views.addAll(views(context, set, role));
    }
    return running.stop(context, views, grace);
  }

  private void prune(PodContext context) {
    ContainerSet set = set(context.uid());
    for (Container dead : set.surplus()) {
      runtime.removeContainer(dead.id());
      removeLogs(Path.of(dead.logPath()));
    }
    frames.prune(context, set(context.uid()).all());
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
    private final SandboxSpec frame;
    private final Sandbox sandbox;
    private final Map<String, Path> paths;

    Step(PodContext context, SandboxSpec frame, Sandbox sandbox, Map<String, Path> paths) {
      this.context = context;
      this.frame = frame;
      this.sandbox = sandbox;
      this.paths = paths;
    }

    /** Does what is to be done now; whether the container counts as started afterwards. */
    boolean drive(ContainerView view) throws InterruptedException {
      CrashBackOff backOff = backOffs.computeIfAbsent(view.name(), name -> new CrashBackOff());
      Instant now = services.clock().instant();
      String hash = ContainerPlan.hash(view.spec());
      RestartDecision decision =
          RestartDecision.of(
              view.current(), hash, running.failure(view), again(view), backOff, now);
      switch (decision) {
        case RestartDecision.Keep() -> {
          waiting.remove(view.name());
          return view.started() && running.hook(view.name()) == null;
        }
        case RestartDecision.Done() -> waiting.remove(view.name());
        case RestartDecision.BackOff(Duration left, Duration step) -> backOff(view, left, step);
        case RestartDecision.Kill(Cause cause) -> kill(view, cause);
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
      return false;
    }

    /** Starts a container for debugging: only once, whatever comes of it. */
    void debug(ContainerView view) {
      Container made = view.current();
      if (made != null && made.state() != Container.State.CREATED) {
        waiting.remove(view.name());
        return;
      }
      if (made != null) {
        runtime.removeContainer(made.id());
      }
      start(view, 0);
    }

    private boolean again(ContainerView view) {
      Container current = view.current();
      return current != null
          && current.exited()
          && (running.startsAgain(current)
              || RestartPolicy.again(context.spec(), view.spec(), view.init(), current));
    }

    private void kill(ContainerView view, Cause cause) {
      if (cause == Cause.HOOK) {
        StartHook hook = running.hook(view.name());
        String why = hook == null ? "" : String.valueOf(hook.problem());
        waiting.put(view.name(), new Waiting("PostStartHookError", why));
      } else if (cause == Cause.DEFINITION) {
        backOffs.put(view.name(), new CrashBackOff()); // another image is another try
      }
      running.kill(context, view, cause);
      soon(ERROR_RETRY); // should the runtime not do it
    }

    private void backOff(ContainerView view, Duration left, Duration step) {
      Waiting why =
          new Waiting(
              "CrashLoopBackOff",
              "back-off "
                  + GoTime.text(step)
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

    private boolean start(ContainerView view, int attempt) {
      Image image = image(view);
      if (image == null) {
        return false;
      }
      String id;
      Path logFile;
      try {
        ContainerSpec spec =
            plan.of(
                context,
                runtime,
                view.spec(),
                image,
                attempt(view, attempt),
                paths,
                target(view.spec()));
        logFile = Path.of(spec.logPath());
        id = runtime.createContainer(sandbox.id(), frame, spec);
      } catch (RuntimeFailure e) {
        failed(view, e);
        return false;
      } catch (StatusException | UnreachableException e) {
        failed(
            view, new RuntimeFailure(ContainerPlan.CONFIG_ERROR, String.valueOf(e.getMessage())));
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
      LogLinks.add(services.logs(), context, view.name(), id, logFile);
      waiting.remove(view.name());
      if (view.spec().path("lifecycle").path("postStart").isObject()) {
        running.begin(context, view, id);
        return false;
      }
      return !view.spec().has(ProbeKind.STARTUP.field());
    }

    /** Null while it is not here; then the container waits. */
    private @Nullable Image image(ContainerView view) {
      String name = view.spec().path("image").asString("");
      if (runtime.hostProcesses()) {
        try {
          return runtime.image(name);
        } catch (RuntimeFailure e) {
          failed(view, e);
          return null;
        }
      }
      ImageStep.Outcome outcome =
          images.ensure(
              runtime,
              name,
              view.spec().path("imagePullPolicy").asString(""),
              frame,
              () -> new PodPullSecrets(context, references),
              told.of(view));
      return switch (outcome) {
        case ImageStep.Ready(Image image) -> image;
        case ImageStep.Pulling() -> {
          waiting.remove(view.name());
          yield null;
        }
        case ImageStep.Waiting(String reason, String message, Duration retry) -> {
          Waiting why = new Waiting(reason, message);
          if (!why.equals(waiting.put(view.name(), why))) {
            told.warning(view, "Failed", "Error: " + reason);
          }
          soon(retry);
          yield null;
        }
      };
    }

    /** Id of the container whose processes this one is to see; empty where it names none. */
    private String target(JsonNode container) {
      String name = container.path("targetContainerName").asString("");
      if (name.isEmpty()) {
        return "";
      }
      Container target = new ContainerSet(runtime.containers(sandbox.id())).newest(name);
      if (target == null) {
        throw new RuntimeFailure(
            ContainerPlan.CONFIG_ERROR, "unable to find target container " + name);
      }
      return target.id();
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

  /** Lets go of what is still under way for containers that are not to start any more. */
  void startNoMore() {
    images.close();
  }

  /** Lets go of the rest, too: hooks are dropped, containers go on as they are. */
  @Override
  public void close() {
    images.close();
    running.close();
  }

  /** Why a container waits; empty where it does not. Any thread may ask. */
  String waitingReason(String container) {
    Waiting why = waiting.get(container);
    return why == null ? "" : why.reason();
  }
}
