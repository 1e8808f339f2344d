package garrison.agent;

import garrison.client.Cluster;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link Agent} that begins anew once a container runtime comes to a machine that had none:
 * after a boot it may be up before containerd is. Nothing that runs is touched by that, as by any
 * other restart of an agent. Thread-safe.
 */
public final class LastingAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LastingAgent.class);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final AgentConfig config;
  private final Cluster cluster;
  private final AgentIdentity identity;
  private final Clock clock;
  private final Thread thread;
  private @Nullable Agent agent;
  private boolean closed;

  private LastingAgent(AgentConfig config, Cluster cluster, AgentIdentity identity, Clock clock) {
    this.config = config;
    this.cluster = cluster;
    this.identity = identity;
    this.clock = clock;
    this.agent = Agent.start(config, cluster, identity, clock);
    this.thread =
        Thread.ofVirtual().name("container runtime of " + config.nodeName()).unstarted(this::look);
  }

  /** Starts one, see {@link Agent#start}. */
  public static LastingAgent start(
      AgentConfig config, Cluster cluster, AgentIdentity identity, Clock clock) {
    LastingAgent lasting = new LastingAgent(config, cluster, identity, clock);
    if (config.runtimeEndpoint().isEmpty()) {
      lasting.thread.start();
    }
    return lasting;
  }

  /** The name of its node. */
  public String nodeName() {
    return config.nodeName();
  }

  /** See {@link Agent#awaitReady}. */
  public boolean awaitReady(Duration atMost) throws InterruptedException {
    Agent current = current();
    return current != null && current.awaitReady(atMost);
  }

  /** Null where it is closed. */
  private synchronized @Nullable Agent current() {
    return agent;
  }

  private void look() {
    try {
      for (Agent now = current(); now != null && !now.runsImages(); now = current()) {
        Thread.sleep(LOOK);
        if (RuntimeChoice.found(config)) {
          log.info("node {}: a container runtime is there now; starting anew", nodeName());
          restart();
        }
      }
    } catch (InterruptedException e) {
      log.debug("node {} looks for no container runtime any more", nodeName());
    }
  }

  private synchronized void restart() throws InterruptedException {
    end();
    while (!closed && agent == null) {
      try {
        agent = Agent.start(config, cluster, identity, clock);
      } catch (AgentStartException e) {
        log.error("node {}: {}; trying again", nodeName(), e.getMessage());
        wait(LOOK.toMillis()); // lets close() in
      }
    }
  }

  private void end() {
    if (agent != null) {
      agent.close();
      agent = null;
    }
  }

  /** Ends it; containers go on running. */
  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
    end();
  }
}
