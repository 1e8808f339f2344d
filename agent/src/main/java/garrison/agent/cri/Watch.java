package garrison.agent.cri;

import garrison.agent.cri.v1.CgroupDriver;
import garrison.agent.cri.v1.ImageFsInfoRequest;
import garrison.agent.cri.v1.ListContainersRequest;
import garrison.agent.cri.v1.ListPodSandboxRequest;
import garrison.agent.cri.v1.RuntimeConfigRequest;
import garrison.agent.cri.v1.RuntimeConfigResponse;
import garrison.agent.cri.v1.StatusRequest;
import garrison.agent.cri.v1.StatusResponse;
import garrison.agent.cri.v1.VersionRequest;
import garrison.agent.cri.v1.VersionResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an eye on a runtime (spec: node-agent 2, 3.4): asks how it is every five seconds, and what
 * it has every second, and tells of the pods of which it has something else than before. When it
 * comes back after it was away, every pod counts as changed. Two threads; they survive whatever the
 * runtime does.
 */
final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final String API = "0.1.0";
  private static final Duration STATUS_PERIOD = Duration.ofSeconds(5);
  private static final Duration RELIST_PERIOD = Duration.ofSeconds(1);
  private static final Duration FIRST_PERIOD = Duration.ofMillis(100);
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final Channel channel;
  private final Consumer<Relist> forget;
  private final CriHealth health = new CriHealth(System.nanoTime());
  private final CountDownLatch introduced = new CountDownLatch(1);
  private final Thread status;
  private final Thread relist;
  private volatile Consumer<String> listener = podUid -> {};
  private volatile String runtimeName = "containerd"; // no status is told before it has answered
  private volatile String runtimeVersion = "Unknown";
  private volatile boolean systemd;
  private volatile boolean closed;
  private Relist last = Relist.NOTHING; // the relist thread's

  /** {@code forget} is told of each new picture. */
  Watch(Channel channel, Consumer<Relist> forget) {
    this.channel = channel;
    this.forget = forget;
    this.status = Thread.ofVirtual().name("runtime status").unstarted(this::watchStatus);
    this.relist = Thread.ofVirtual().name("runtime relist").unstarted(this::watchPods);
  }

  void start() {
    status.start();
    relist.start();
  }

  CriHealth health() {
    return health;
  }

  String runtimeName() {
    return runtimeName;
  }

  String runtimeVersion() {
    return runtimeVersion;
  }

  /** Whether the runtime has systemd make its cgroups. */
  boolean systemdCgroups() {
    return systemd;
  }

  void onChange(Consumer<String> podUid) {
    listener = podUid;
  }

  /** Whether its first word is that it does not speak our version; false where it says nothing. */
  boolean refuses(Duration atMost) {
    try {
      introduced.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return health.refuses();
  }

  private void watchStatus() {
    try {
      while (!closed) {
        Thread.sleep(askStatus() ? STATUS_PERIOD : FIRST_PERIOD.multipliedBy(5));
      }
    } catch (InterruptedException e) {
      log.debug("the watch of {} ends", channel.socket());
    }
  }

  private boolean askStatus() {
    try {
      if (!health.isIntroduced()) {
        introduce();
      }
      StatusResponse answer =
          channel.call(Rpc.STATUS, StatusRequest.getDefaultInstance(), DEADLINE);
      health.status(answer, System.nanoTime());
      return true;
    } catch (RpcFailure e) {
      log.debug("{}: {}", channel.socket(), e.message());
      return false;
    }
  }

  private void introduce() {
    try {
      greet();
    } finally {
      introduced.countDown();
    }
  }

  private void greet() {
    VersionResponse version;
    try {
      version =
          channel.call(Rpc.VERSION, VersionRequest.newBuilder().setVersion(API).build(), DEADLINE);
      channel.call(Rpc.IMAGE_FS_INFO, ImageFsInfoRequest.getDefaultInstance(), DEADLINE);
    } catch (RpcFailure e) {
      if (e.unimplemented()) {
        health.refused(
            "validate CRI v1 runtime API for endpoint \"unix://"
                + channel.socket()
                + "\": "
                + e.message());
      }
      throw e;
    }
    if (!version.getVersion().equals(API)) {
      health.refused(
          "the container runtime speaks version \""
              + version.getVersion()
              + "\" of its interface, not "
              + API);
      return;
    }
    runtimeName = version.getRuntimeName();
    runtimeVersion = version.getRuntimeVersion();
    systemd = askDriver();
    health.introduced();
    log.info("container runtime {}://{} at {}", runtimeName, runtimeVersion, channel.socket());
  }

  /** Runtimes that do not know the question tell their configuration as text. */
  private boolean askDriver() {
    try {
      RuntimeConfigResponse config =
          channel.call(Rpc.RUNTIME_CONFIG, RuntimeConfigRequest.getDefaultInstance(), DEADLINE);
      return config.hasLinux() && config.getLinux().getCgroupDriver() == CgroupDriver.SYSTEMD;
    } catch (RpcFailure e) {
      if (!e.unimplemented()) {
        throw e;
      }
      StatusResponse verbose =
          channel.call(Rpc.STATUS, StatusRequest.newBuilder().setVerbose(true).build(), DEADLINE);
      return verbose.getInfoOrDefault("config", "").contains("\"SystemdCgroup\":true");
    }
  }

  private void watchPods() {
    boolean away = true;
    try {
      while (!closed) {
        boolean answered = health.isIntroduced() && relist(away);
        away = !answered;
        Thread.sleep(health.isIntroduced() ? RELIST_PERIOD : FIRST_PERIOD);
      }
    } catch (InterruptedException e) {
      log.debug("the relist of {} ends", channel.socket());
    }
  }

  private boolean relist(boolean all) {
    try {
      Relist now =
          Relist.of(
              channel
                  .call(Rpc.LIST_SANDBOXES, ListPodSandboxRequest.getDefaultInstance(), DEADLINE)
                  .getItemsList(),
              channel
                  .call(Rpc.LIST_CONTAINERS, ListContainersRequest.getDefaultInstance(), DEADLINE)
                  .getContainersList());
      health.relisted(System.nanoTime());
      Set<String> changed = new HashSet<>(now.changedSince(last));
      if (all) {
        changed.addAll(now.pods());
        changed.add("");
      }
      last = now;
      forget.accept(now);
      changed.forEach(listener);
      return true;
    } catch (RpcFailure e) {
      health.relistFailed();
      if (!all) {
        log.warn("the container runtime does not answer any more: {}", e.message());
      }
      return false;
    }
  }

  @Override
  public void close() {
    closed = true;
    status.interrupt();
    relist.interrupt();
  }
}
