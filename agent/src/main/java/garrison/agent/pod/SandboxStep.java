package garrison.agent.pod;

import garrison.agent.runtime.Container;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.agent.runtime.SandboxSpec;
import garrison.client.UnreachableException;
import garrison.model.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The frame of one pod (spec: node-agent 3.4): there is one that is ready, and no other. When it is
 * lost all containers of the pod are stopped and a new one is made. Called by the pod's worker
 * only.
 */
final class SandboxStep {
  private static final Logger log = LoggerFactory.getLogger(SandboxStep.class);
  private static final Duration LEAST_GRACE = Duration.ofSeconds(2);

  private final NodeServices services;
  private final Runtime runtime;
  private final References references;

  SandboxStep(NodeServices services, Runtime runtime, References references) {
    this.services = services;
    this.runtime = runtime;
    this.references = references;
  }

  /** Of the present pod; containers are made with the same. */
  SandboxSpec frame(PodContext context, Told told) {
    if (runtime.hostProcesses()) {
      return SandboxPlan.of(
          context, services, new SandboxSpec.Dns(List.of(), List.of(), List.of()));
    }
    try {
      Dns dns =
          Dns.of(context.spec(), context.namespace(), services.dns(), Dns.node(services.dns()));
      if (dns.missing()) {
        told.warningOnce(
            "MissingClusterDNS",
            "pod: \""
                + context.full()
                + "\". kubelet does not have ClusterDNS IP configured and cannot create Pod using"
                + " \""
                + context.spec().path("dnsPolicy").asString("ClusterFirst")
                + "\" policy. Falling back to \"Default\" policy.");
      }
      if (dns.cut() != null) {
        told.warningOnce("DNSConfigForming", dns.cut());
      }
      return SandboxPlan.of(context, services, dns.told()).handler(handler(context));
    } catch (IOException e) {
      throw new RuntimeFailure("CreatePodSandboxError", "the node's resolver file: " + e);
    }
  }

  /** Of the runtime's handlers, the one that the pod's RuntimeClass names. */
  private String handler(PodContext context) {
    String name = context.spec().path("runtimeClassName").asString("");
    if (name.isEmpty()) {
      return "";
    }
    ObjectNode runtimeClass;
    try {
      runtimeClass = references.runtimeClass(name);
    } catch (StatusException | UnreachableException e) {
      throw new RuntimeFailure(
          "CreatePodSandboxError", "failed to get sandbox runtime: " + e.getMessage());
    }
    if (runtimeClass == null) {
      throw new RuntimeFailure(
          "CreatePodSandboxError",
          "failed to get sandbox runtime: runtimeclass.node.k8s.io \"" + name + "\" not found");
    }
    return runtimeClass.path("handler").asString("");
  }

  /**
   * The one that is ready; null where none is to be made any more.
   *
   * @throws RuntimeFailure what keeps it from being made
   */
  @Nullable Sandbox ensure(PodContext context, SandboxSpec frame, Told told)
      throws InterruptedException {
    List<Sandbox> all = runtime.sandboxes(frame.uid());
    long ready = all.stream().filter(Sandbox::ready).count();
    Sandbox newest = all.isEmpty() ? null : all.getFirst();
    if (newest != null && ready == 1 && newest.ready() && connected(newest, frame)) {
      return newest;
    }
    if (newest != null) {
      told.normalOnce("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
      end(context, all);
      if (over(context, all)) {
        return null;
      }
    }
    mark(context.uid());
    String id = runtime.runSandbox(frame.attempt(newest == null ? 0 : newest.attempt() + 1));
    return runtime.sandboxes(frame.uid()).stream()
        .filter(sandbox -> sandbox.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new RuntimeFailure("CreatePodSandboxError", "it is gone at once"));
  }

  private void mark(String uid) {
    try {
      PodRemains.mark(services, uid);
    } catch (IOException e) {
      throw new RuntimeFailure("CreatePodSandboxError", "the pod's directory: " + e);
    }
  }

  private boolean connected(Sandbox sandbox, SandboxSpec frame) {
    return runtime.hostProcesses() || frame.namespaces().hostNetwork() || !sandbox.ips().isEmpty();
  }

  private void end(PodContext context, List<Sandbox> all) throws InterruptedException {
    long seconds = context.spec().path("terminationGracePeriodSeconds").asLong(30);
    Duration asked = Duration.ofSeconds(seconds);
    Duration grace = asked.compareTo(LEAST_GRACE) < 0 ? LEAST_GRACE : asked;
    List<Thread> stops = new ArrayList<>();
    for (Sandbox sandbox : all) {
      for (Container container : runtime.containers(sandbox.id())) {
        if (container.running()) {
          stops.add(Thread.ofVirtual().start(() -> stop(container, grace)));
        }
      }
    }
    for (Thread stop : stops) {
      stop.join();
    }
    for (Sandbox sandbox : all) {
      runtime.stopSandbox(sandbox.id());
    }
  }

  private void stop(Container container, Duration grace) {
    try {
      runtime.stopContainer(container.id(), grace);
    } catch (InterruptedException e) {
      log.debug("container {} was told to stop", container.id());
    } catch (RuntimeFailure e) {
      log.info("container {} cannot be stopped: {}", container.id(), e.message());
    }
  }

  /** Whether its restart policy wants nothing of the pod to run again. */
  private boolean over(PodContext context, List<Sandbox> all) {
    String policy = context.spec().path("restartPolicy").asString("Always");
    if (policy.equals("Always")) {
      return false;
    }
    List<Container> containers = new ArrayList<>();
    all.forEach(sandbox -> containers.addAll(runtime.containers(sandbox.id())));
    if (policy.equals("Never")) {
      return !containers.isEmpty();
    }
    ContainerSet set = new ContainerSet(containers);
    for (JsonNode spec : context.spec().path("containers")) {
      Container newest = set.newest(spec.path("name").asString(""));
      if (newest == null || !newest.exited() || newest.exitCode() != 0) {
        return false;
      }
    }
    return true;
  }

  /** Removes frames of before, as soon as no status speaks of what ran in them. */
  void prune(PodContext context, List<Container> kept) {
    List<Sandbox> all = runtime.sandboxes(context.uid());
    for (Sandbox sandbox : all.subList(Math.min(1, all.size()), all.size())) {
      boolean empty = kept.stream().noneMatch(one -> one.sandboxId().equals(sandbox.id()));
      if (!sandbox.ready() && empty) {
        runtime.removeSandbox(sandbox.id());
      }
    }
  }
}
