package garrison.agent;

import garrison.agent.cri.CriRuntime;
import garrison.agent.hook.Hooks;
import garrison.agent.image.ImagePulls;
import garrison.agent.logs.AgentServer;
import garrison.agent.logs.LogSource;
import garrison.agent.node.MachineFacts;
import garrison.agent.node.NodeAddress;
import garrison.agent.node.NodeConditions;
import garrison.agent.node.NodeDocument;
import garrison.agent.node.NodeEvents;
import garrison.agent.node.NodeImages;
import garrison.agent.node.NodeLife;
import garrison.agent.node.Pressure;
import garrison.agent.node.Privileges;
import garrison.agent.pod.NodeServices;
import garrison.agent.pod.PodWorkers;
import garrison.agent.probe.Checks;
import garrison.agent.probe.Probes;
import garrison.agent.process.ProcessRuntime;
import garrison.agent.runtime.Runtimes;
import garrison.agent.runtime.Session;
import garrison.agent.session.SessionRequest;
import garrison.agent.session.SessionSource;
import garrison.agent.statics.StaticPods;
import garrison.agent.volume.Mounts;
import garrison.client.BackOff;
import garrison.client.Cluster;
import garrison.client.UnreachableException;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.client.events.EventRecorder;
import garrison.client.events.ObjectReference;
import garrison.client.queue.Timer;
import garrison.model.Node;
import garrison.model.Resources;
import garrison.model.StatusException;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The node: registers the machine, keeps its lease, runs the pods bound to it as host processes,
 * tells how they are, and serves their logs.
 *
 * <p>An agent needs no server to start, and a server that is away stops nothing that runs. {@link
 * #close}, a crash or an upgrade of the agent leave containers running; the next agent of the same
 * root finds them, with the exit codes of those that ended meanwhile. Thread-safe.
 */
public final class Agent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Agent.class);
  private static final Duration FIRST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(7);

  private final AgentConfig config;
  private final Cluster cluster;
  private final AgentRoot root;
  private final ProcessRuntime processes;
  private final Runtimes runtimes;
  private final EventRecorder events;
  private final Reflector<ObjectNode> clusterServices;
  private final Probes probes;
  private final PodWorkers pods;
  private final AgentServer server;
  private final NodeDocument document;
  private final NodeLife life;
  private final @Nullable StaticPods staticPods;
  private final NodeEvents nodeEvents;
  private final CountDownLatch registered = new CountDownLatch(1);
  private final Clock clock;
  private final Thread thread;
  private volatile boolean closed;

  private Agent(
      AgentConfig config,
      Cluster cluster,
      AgentIdentity identity,
      Clock clock,
      AgentRoot root,
      ProcessRuntime processes,
      @Nullable CriRuntime containers)
      throws IOException {
    this.config = config;
    this.cluster = cluster;
    this.root = root;
    this.clock = clock;
    this.processes = processes;
    this.runtimes = new Runtimes(config.nodeName(), processes, containers);
    String address =
        config.address().isEmpty() ? NodeAddress.find(config.nodeName()) : config.address();
    MachineFacts facts = MachineFacts.read(config.root());
    Path logDirectory = Files.createDirectories(logs(config, containers != null));
    boolean privileged = Privileges.mountAndChangeUsers();
    if (containers != null && privileged) {
      Mounts.share(Files.createDirectories(config.root().resolve("pods")));
    }
    LatePods late = new LatePods();
    this.server = listen(config, root, address, identity, late, clock); // the last that can fail
    this.document =
        new NodeDocument(
            config.nodeName(),
            address,
            server.port(),
            facts,
            () -> runtimes.main().name() + "://" + runtimes.main().version(),
            Map.of(),
            List.of(),
            config.owner().reserved(),
            new NodeImages(() -> runtimes.main().images(), clock));
    this.events = new EventRecorder(cluster, "kubelet", config.nodeName(), clock);
    this.nodeEvents = new NodeEvents(events, config.nodeName());
    this.clusterServices =
        new Reflector<>(cluster, Kinds.SERVICE, Scope.ALL, Function.<ObjectNode>identity());
    Checks checks = new Checks(Timer.system());
    this.probes = new Probes(checks, Timer.system(), clock, new SplittableRandom());
    this.life = new NodeLife(cluster, document, this::conditions, clock, new SplittableRandom());
    this.pods =
        new PodWorkers(
            new NodeServices(
                config.nodeName(),
                address,
                Resources.of(document.allocatable()),
                facts.memory(),
                config.root(),
                logDirectory,
                config.owner().hostPaths(),
                privileged,
                Privileges.lowerOomScores(),
                config.dns(),
                new ImagePulls(System::nanoTime),
                this::knownServices,
                cluster,
                runtimes,
                probes,
                new Hooks(checks),
                events,
                clock),
            this::node,
            () -> conditions().pressure(),
            config.owner().manifests() != null);
    late.logs = pods.logs();
    late.sessions = pods.sessions();
    Path manifests = config.owner().manifests();
    // Before anything of the server is there: these pods need none.
    this.staticPods =
        manifests == null
            ? null
            : StaticPods.start(manifests, config.nodeName(), clock, new Manifests());
    this.thread = Thread.ofVirtual().name("node " + config.nodeName()).start(this::live);
  }

  /**
   * Starts one, and returns at once: see {@link #awaitReady}. Several in one process need a name
   * and a root each.
   *
   * @param cluster the API as this node sees it; stays the caller's to close
   * @param identity what its server shows, and whom it lets in
   * @throws AgentStartException in one line, with what to do
   */
  public static Agent start(
      AgentConfig config, Cluster cluster, AgentIdentity identity, Clock clock) {
    AgentRoot root = AgentRoot.hold(config.root());
    ProcessRuntime runtime = null;
    CriRuntime containers = null;
    try {
      runtime = ProcessRuntime.open(config.root().resolve("runtime"), config.nodeName(), clock);
      containers = RuntimeChoice.open(config, root);
      return new Agent(config, cluster, identity, clock, root, runtime, containers);
    } catch (IOException | RuntimeException e) {
      if (runtime != null) {
        runtime.close();
      }
      if (containers != null) {
        containers.close();
      }
      try {
        root.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      if (e instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new AgentStartException("the agent cannot start: " + e.getMessage(), e);
    }
  }

  /** Where people and collectors look for them; those of processes stay with the agent. */
  private static Path logs(AgentConfig config, boolean containers) {
    Path told = config.logDirectory();
    if (told != null) {
      return told;
    }
    return containers ? Path.of("/var/log/pods") : NodeServices.processLogs(config.root());
  }

  private static AgentServer listen(
      AgentConfig config,
      AgentRoot root,
      String address,
      AgentIdentity identity,
      LatePods late,
      Clock clock) {
    int kept = config.port() == 0 ? root.keptPort() : 0;
    AgentServer server;
    try {
      int port = config.port() == 0 ? kept : config.port();
      server =
          AgentServer.start(address, port, identity, config.anonymousAuth(), late, late, clock);
    } catch (AgentStartException e) {
      if (kept == 0) {
        throw e;
      }
      log.info("port {} of the agent before is taken; choosing another", kept);
      server = AgentServer.start(address, 0, identity, config.anonymousAuth(), late, late, clock);
    }
    root.keepPort(server.port());
    return server;
  }

  /** The server listens before there are pods to ask for. */
  private static final class LatePods implements LogSource, SessionSource {
    private volatile @Nullable LogSource logs;
    private volatile @Nullable SessionSource sessions;

    @Override
    public Log find(String namespace, String pod, String container, boolean previous)
        throws Refusal {
      LogSource real = logs;
      if (real == null) {
        throw new Refusal(404, "pod \"" + pod + "\" does not exist");
      }
      return real.find(namespace, pod, container, previous);
    }

    @Override
    public Session open(SessionRequest request) throws Refusal {
      SessionSource real = sessions;
      if (real == null) {
        throw new Refusal(404, "pod does not exist");
      }
      return real.open(request);
    }
  }

  /** The name of its node. */
  public String nodeName() {
    return config.nodeName();
  }

  /** The port of its server. */
  public int port() {
    return server.port();
  }

  /** Whether it has a container runtime, be it away at the moment. */
  boolean runsImages() {
    return runtimes.all().size() > 1;
  }

  /** Waits until the node is registered and its pods are known; false where that took longer. */
  public boolean awaitReady(Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    if (!registered.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      return false;
    }
    return pods.awaitSync(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
  }

  private void live() {
    BackOff backOff = new BackOff(FIRST_WAIT, LONGEST_WAIT, new SplittableRandom());
    try {
      while (!closed) {
        Thread.sleep(liveOnce(backOff));
      }
    } catch (InterruptedException e) {
      log.debug("node {} ends", config.nodeName());
    }
  }

  private Duration liveOnce(BackOff backOff) {
    try {
      Duration next = life.tick();
      String uid = life.uid();
      if (uid != null) {
        nodeEvents.tell(uid, conditions());
        if (registered.getCount() > 0) {
          clusterServices.start();
          pods.start();
          registered.countDown();
        }
      }
      backOff.reset();
      return next;
    } catch (StatusException | UnreachableException e) {
      log.info("node {}: {}; trying again", config.nodeName(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("node {} cannot report; trying again", config.nodeName(), e);
    }
    return backOff.next();
  }

  private NodeConditions conditions() {
    List<String> problems = new ArrayList<>(runtimes.problems());
    Pressure pressure = Pressure.NONE;
    try {
      pressure = Pressure.read(config.root());
    } catch (IOException e) {
      problems.add("the state of the machine cannot be read: " + e.getMessage());
    }
    return new NodeConditions(pressure, problems, processes.limitsProblem());
  }

  /** From the server, or, where it does not have it or does not answer, as last seen. */
  private Node node() {
    try {
      return Node.of(cluster.get(Kinds.NODE, "", config.nodeName()));
    } catch (UnreachableException | StatusException e) {
      if (e instanceof StatusException refusal && refusal.code() != 404 && refusal.code() != 403) {
        throw e;
      }
      ObjectNode last = life.document();
      return Node.of(last == null ? document.registration(conditions(), clock.instant()) : last);
    }
  }

  /** Static pods go to the workers, and what is wrong with their files is told. */
  private final class Manifests implements StaticPods.Listener {
    @Override
    public void pods(List<ObjectNode> all) {
      pods.files(all);
    }

    @Override
    public void problem(Path file, String why) {
      String uid = life.uid();
      events.warning(
          ObjectReference.node(config.nodeName(), uid == null ? config.nodeName() : uid),
          "FailedValidation",
          "Static pod of file " + file + " is not run: " + why);
    }

    @Override
    public void duplicate(ObjectNode pod) {
      String name = pod.path("metadata").path("name").asString("");
      String full =
          name
              + "_"
              + pod.path("metadata").path("namespace").asString("")
              + "("
              + pod.path("metadata").path("uid").asString("")
              + ")";
      events.warning(
          ObjectReference.of(pod),
          "FailedValidation",
          "Error validating pod "
              + full
              + " from file due to duplicate pod name \""
              + name
              + "\", ignoring");
    }
  }

  private @Nullable List<ObjectNode> knownServices() {
    return clusterServices.cache().hasSynced() ? clusterServices.cache().all() : null;
  }

  /** Ends it; containers go on running. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    if (staticPods != null) {
      staticPods.close();
    }
    pods.close();
    probes.close();
    clusterServices.close();
    events.close();
    server.close();
    runtimes.close();
    try {
      thread.join(Duration.ofSeconds(5));
      root.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.warn("the lock of {} is not given back: {}", config.root(), e.toString());
    }
  }

  /** Where its files are. */
  public Path rootDirectory() {
    return config.root();
  }
}
