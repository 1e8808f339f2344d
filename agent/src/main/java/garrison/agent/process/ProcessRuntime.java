package garrison.agent.process;

import garrison.agent.AgentStartException;
import garrison.agent.cgroup.CgroupMounts;
import garrison.agent.cgroup.CgroupTree;
import garrison.agent.file.Trees;
import garrison.agent.runtime.Container;
import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.Credential;
import garrison.agent.runtime.ExecResult;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.agent.runtime.SandboxSpec;
import garrison.agent.runtime.Sessions;
import garrison.agent.runtime.Streams;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Containers as processes of the host (spec: node-agent 4).
 *
 * <ol>
 *   <li>Each container has a directory with a record; the launcher adds {@code state} when the
 *       program runs, and writes the container's exit file when nothing of it is left.
 *   <li>A new agent reads the directories. A container with a state and a live launcher runs; with
 *       an exit file it has ended; with neither it vanished (the launcher was killed, or the
 *       machine was restarted), and what is left in its cgroups is killed.
 *   <li>A container without a state was never started and is forgotten. Should its launcher be just
 *       starting, it finds its directory gone and kills what it started: nothing runs twice.
 * </ol>
 *
 * Guarantees: a container that ended is never reported as running, one that runs never as ended. It
 * costs one small launcher a container, one thread and a look at each launcher every two seconds.
 */
public final class ProcessRuntime implements Runtime {
  private static final Logger log = LoggerFactory.getLogger(ProcessRuntime.class);
  private static final long FIRST_LOOK = 50;
  private static final long LATEST_LOOK = 500;
  private static final String HOST = "host/";

  private final Layout layout;
  private final Launcher launcher;
  private final Cgroups cgroups;
  private final LaunchPlan plan;
  private final Clock clock;
  private final String bootId = Proc.bootId();

  /** Whose a process is that asks for no user: the agent's own. */
  private final long user;

  private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final ExitWatch watch;
  private volatile Consumer<String> listener = podUid -> {};

  private ProcessRuntime(Layout layout, Launcher launcher, Cgroups cgroups, Clock clock)
      throws IOException {
    this.layout = layout;
    this.launcher = launcher;
    this.cgroups = cgroups;
    this.clock = clock;
    this.user = ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    this.plan = new LaunchPlan(layout, cgroups.problem() == null ? cgroups.launchers() : List.of());
    this.watch = new ExitWatch(layout.exits(), this::look);
  }

  /**
   * Takes over what an earlier agent left below {@code root}, and starts.
   *
   * @param node names the cgroups, for people
   */
  public static ProcessRuntime open(Path root, String node, Clock clock) {
    try {
      Layout layout = Layout.open(root);
      Cgroups cgroups =
          Cgroups.open(
              CgroupMounts.of(Files.readAllLines(Path.of("/proc/self/mountinfo"))),
              layout.cgroupName(node));
      ProcessRuntime runtime = new ProcessRuntime(layout, Launcher.unpack(root), cgroups, clock);
      runtime.takeOver();
      runtime.watch.start();
      return runtime;
    } catch (IOException e) {
      throw new AgentStartException(
          "the agent cannot use its directory " + root + ": " + e + "; choose another one", e);
    }
  }

  private void takeOver() throws IOException {
    for (Path directory : layout.sandboxes()) {
      Sandbox sandbox = layout.readSandbox(directory, bootId);
      if (sandbox == null) {
        Trees.remove(directory);
        continue;
      }
      sandboxes.put(sandbox.id(), sandbox);
      for (Path container : layout.containers(sandbox.id())) {
        takeOverContainer(container);
      }
    }
  }

  private void takeOverContainer(Path directory) throws IOException {
    ContainerRecord record = layout.readContainer(directory);
    Properties state = Properties.read(directory.resolve("state"));
    if (record == null || (state == null && !Files.exists(layout.exit(directory)))) {
      Trees.remove(layout.discard(directory));
      return;
    }
    Entry entry = new Entry(directory, record, null);
    if (state != null) {
      entry.started(state);
    }
    entries.put(record.id(), entry);
    look(entry);
  }

  @Override
  public String name() {
    return "process";
  }

  @Override
  public String version() {
    return "1";
  }

  @Override
  public List<String> problems() {
    return List.of();
  }

  @Override
  public boolean hostProcesses() {
    return true;
  }

  @Override
  public boolean answers() {
    return true;
  }

  @Override
  public @Nullable String networkProblem() {
    return null;
  }

  @Override
  public List<Image> images() {
    return List.of();
  }

  @Override
  public String pull(String name, @Nullable Credential credential, SandboxSpec sandbox) {
    return image(name).id(); // whatever is on the node needs no pull
  }

  /** Why limits are not enforced on this node; null where they are. */
  public @Nullable String limitsProblem() {
    return cgroups.problem();
  }

  /** Whether the host still has cgroup v1. */
  public boolean legacyCgroups() {
    return cgroups.legacy();
  }

  @Override
  public String runSandbox(SandboxSpec spec) {
    String id = newId();
    Sandbox sandbox =
        new Sandbox(
            id,
            spec.namespace(),
            spec.name(),
            spec.uid(),
            spec.attempt(),
            true,
            clock.instant(),
            List.of(),
            true);
    try {
      layout.writeSandbox(sandbox, bootId);
    } catch (IOException e) {
      throw new RuntimeFailure("CreatePodSandboxError", e.toString());
    }
    sandboxes.put(id, sandbox);
    return id;
  }

  @Override
  public void stopSandbox(String id) {
    Sandbox sandbox = sandboxes.get(id);
    if (sandbox == null) {
      return;
    }
    for (Entry entry : entriesOf(id)) {
      tell(entry, "kill");
    }
    sandboxes.put(id, sandbox.stopped());
  }

  @Override
  public void removeSandbox(String id) {
    Sandbox sandbox = sandboxes.get(id);
    if (sandbox == null) {
      return;
    }
    for (Entry entry : entriesOf(id)) {
      if (entry.state() != null && entry.exit() == null) {
        throw new RuntimeFailure(
            "RemovePodSandboxError", "container " + entry.record().name() + " still runs");
      }
    }
    boolean last =
        sandboxes.values().stream()
            .noneMatch(other -> !other.id().equals(id) && samePod(other, sandbox));
    if (last && !cgroups.remove(sandbox.uid())) {
      throw new RuntimeFailure("RemovePodSandboxError", "its cgroup is not empty yet");
    }
    entriesOf(id).forEach(entry -> removeContainer(entry.record().id()));
    try {
      Trees.remove(layout.sandbox(id));
    } catch (IOException e) {
      throw new RuntimeFailure("RemovePodSandboxError", e.toString());
    }
    sandboxes.remove(id);
  }

  private static boolean samePod(Sandbox one, Sandbox other) {
    return one.uid().equals(other.uid());
  }

  /** Its cgroups went with its last sandbox. */
  @Override
  public void removePod(String podUid) {
    if (!cgroups.remove(podUid)) {
      throw new RuntimeFailure("RemovePodError", "its cgroup is not empty yet");
    }
  }

  @Override
  public List<Sandbox> sandboxes() {
    return List.copyOf(sandboxes.values());
  }

  @Override
  public Image image(String image) {
    if (!image.startsWith(HOST) || image.length() == HOST.length()) {
      throw new RuntimeFailure(
          "ErrImageNeverPull",
          "Container image \""
              + image
              + "\" cannot be pulled: this node has no container runtime,"
              + " and the process runtime only knows images named host/<program>, which are"
              + " programs of the node itself");
    }
    return new Image(image, List.of(image), List.of(), 0, user, "");
  }

  @Override
  public String createContainer(String sandboxId, SandboxSpec frame, ContainerSpec spec) {
    Sandbox sandbox = sandboxes.get(sandboxId);
    if (sandbox == null || !sandbox.ready()) {
      throw new RuntimeFailure("CreateContainerError", "its sandbox is gone");
    }
    String id = newId();
    Path directory = layout.container(sandboxId, id);
    ContainerRecord record =
        new ContainerRecord(
            id,
            sandboxId,
            spec.name(),
            spec.attempt(),
            spec.image(),
            spec.logPath(),
            spec.hash(),
            spec.directory(),
            clock.instant(),
            bootId,
            !spec.mounts().isEmpty() || spec.security().readOnlyRoot(),
            spec.security(),
            spec.annotations(),
            List.of());
    try {
      List<Path> made =
          cgroups.problem() == null
              ? cgroups.container(sandbox.uid(), shortId(id), spec.resources())
              : List.of();
      record = record.withCgroups(made.stream().map(Path::toString).toList());
      layout.writeContainer(directory, record);
    } catch (IOException e) {
      throw new RuntimeFailure("CreateContainerError", e.toString());
    }
    entries.put(id, new Entry(directory, record, spec));
    return id;
  }

  @Override
  public void startContainer(String id) {
    Entry entry = entries.get(id);
    ContainerSpec spec = entry == null ? null : entry.takeSpec();
    if (entry == null || spec == null) {
      throw new RuntimeFailure("RunContainerError", "the container was started before, or is gone");
    }
    try {
      byte[] text;
      try {
        text = plan.launch(entry.record(), spec);
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
      Files.createDirectories(layout.parent(Path.of(spec.logPath())));
      launcher.launch(text);
      Properties state = Properties.read(entry.directory().resolve("state"));
      if (state == null) {
        throw new IOException("the launcher left no state");
      }
      entry.started(state);
    } catch (IOException e) {
      end(entry, ExitRecord.notStarted(String.valueOf(e.getMessage()), clock.instant()));
      throw new RuntimeFailure("RunContainerError", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void stopContainer(String id, Duration grace) throws InterruptedException {
    Entry entry = entries.get(id);
    if (entry == null || entry.exit() != null || entry.state() == null) {
      return;
    }
    tell(entry, "stop 15 " + grace.toMillis());
    awaitEnd(entry);
  }

  private void awaitEnd(Entry entry) throws InterruptedException {
    long wait = FIRST_LOOK;
    while (!entry.awaitEnd(wait)) {
      look(entry);
      wait = Math.min(wait * 2, LATEST_LOOK);
    }
  }

  @Override
  public void removeContainer(String id) {
    Entry entry = entries.get(id);
    if (entry == null) {
      return;
    }
    if (entry.state() != null && entry.exit() == null) {
      throw new RuntimeFailure("RemoveContainerError", "the container still runs");
    }
    try {
      Path discarded = layout.discard(entry.directory());
      Trees.remove(discarded);
      Files.deleteIfExists(layout.exit(entry.directory()));
    } catch (IOException e) {
      throw new RuntimeFailure("RemoveContainerError", e.toString());
    }
    entries.remove(id);
  }

  @Override
  public List<Container> containers(String sandboxId) {
    List<Container> all = new ArrayList<>();
    for (Entry entry : entriesOf(sandboxId)) {
      look(entry);
      all.add(entry.view());
    }
    all.sort(Comparator.comparing(Container::createdAt));
    return all;
  }

  @Override
  public ExecResult exec(String id, List<String> command, Duration timeout)
      throws InterruptedException {
    Entry entry = entries.get(id);
    if (entry == null || entry.state() == null || entry.exit() != null) {
      throw new RuntimeFailure("ExecError", "the container does not run");
    }
    try {
      Map<String, String> environment = Proc.environment(entry.pid());
      return launcher.exec(
          plan.exec(entry.record(), entry.pid(), environment, command, timeout), timeout);
    } catch (IOException e) {
      throw new RuntimeFailure("ExecError", e.toString());
    }
  }

  /** Nothing to do: the launcher looks after the size of its log by itself. */
  @Override
  public void reopenLog(String id) {
    log.debug("the launcher of {} rotates its log", id);
  }

  @Override
  public @Nullable Streams streams() {
    return null;
  }

  @Override
  public Sessions sessions() {
    return new ProcessSessions(launcher, plan, entries::get);
  }

  @Override
  public void onChange(Consumer<String> podUid) {
    listener = podUid;
  }

  @Override
  public void close() {
    watch.close();
    if (sandboxes.isEmpty()) {
      cgroups.removeIfUnused();
    }
  }

  private List<Entry> entriesOf(String sandboxId) {
    return entries.values().stream()
        .filter(entry -> entry.record().sandboxId().equals(sandboxId))
        .toList();
  }

  /** Looks at one container by id, or at all for null. */
  private void look(@Nullable String id) {
    if (id == null) {
      entries.values().forEach(this::look);
      return;
    }
    Entry entry = entries.get(id);
    if (entry != null) {
      look(entry);
    }
  }

  private void look(Entry entry) {
    if (entry.exit() != null) {
      return;
    }
    try {
      Properties file = Properties.read(layout.exit(entry.directory()));
      if (file == null && entry.state() != null && !entry.launcherAlive()) {
        file = Properties.read(layout.exit(entry.directory())); // written just before it ended
        if (file == null) {
          vanished(entry);
          return;
        }
      }
      if (file != null) {
        ended(entry, ExitRecord.of(file));
      }
    } catch (IOException e) {
      log.warn("the end of container {} cannot be read: {}", entry.record().id(), e.toString());
    }
  }

  /** Its launcher is gone without a word: nobody reads its output, so none of it may stay. */
  private void vanished(Entry entry) throws IOException {
    boolean rebooted = !entry.record().bootId().equals(bootId);
    if (!rebooted) {
      Properties state = entry.state();
      if (state != null && Proc.alive(state.number("pid"), state.number("pid-start"))) {
        ProcessHandle.of(state.number("pid")).ifPresent(ProcessHandle::destroyForcibly);
      }
      for (String cgroup : entry.record().cgroups()) {
        if (Files.exists(Path.of(cgroup))) {
          CgroupTree.kill(Path.of(cgroup));
        }
      }
    }
    Properties state = entry.state();
    end(
        entry,
        ExitRecord.vanished(
            rebooted
                ? "The node was restarted while the container ran"
                : "The launcher of the container was killed, so how it ended is not known",
            state == null ? null : state.time("started"),
            clock.instant()));
  }

  /** Writes the end that no launcher wrote, so that it is the same after the next restart. */
  private void end(Entry entry, ExitRecord how) {
    try {
      Path file = layout.exit(entry.directory());
      Path fresh = layout.parent(file).resolve(layout.name(file) + ".tmp");
      Files.writeString(fresh, how.toText());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.warn("the end of container {} cannot be kept: {}", entry.record().id(), e.toString());
    }
    ended(entry, how);
  }

  private void ended(Entry entry, ExitRecord how) {
    entry.ended(how);
    Sandbox sandbox = sandboxes.get(entry.record().sandboxId());
    if (sandbox != null) {
      listener.accept(sandbox.uid());
    }
  }

  private void tell(Entry entry, String command) {
    Path control = entry.directory().resolve("control");
    if (!Files.exists(control)) {
      return;
    }
    // Both ways: a FIFO that only we write to would block where the launcher is gone.
    try (RandomAccessFile fifo = new RandomAccessFile(control.toFile(), "rw")) {
      fifo.write((command + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warn("container {} cannot be told to {}: {}", entry.record().id(), command, e.toString());
    }
  }

  private static String newId() {
    UUID one = UUID.randomUUID();
    UUID two = UUID.randomUUID();
    return (one.toString() + two).replace("-", "");
  }

  private static String shortId(String id) {
    return id.substring(0, 13);
  }
}
