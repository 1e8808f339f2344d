package garrison.agent.pod;

import garrison.agent.file.Trees;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.agent.volume.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a pod that has ended leaves on the node: sandboxes, volumes, logs. */
record PodRemains(
    NodeServices services, Runtime runtime, String namespace, String name, String uid) {
  private static final Logger log = LoggerFactory.getLogger(PodRemains.class);

  /** Where a pod's volumes are. */
  static Path directory(NodeServices services, String uid) {
    return services.root().resolve("pods").resolve(uid);
  }

  /** Notes that there will be something of the pod: whoever comes after a crash goes by that. */
  static void mark(NodeServices services, String uid) throws IOException {
    Files.createDirectories(directory(services, uid));
  }

  /** Removes all; false where something is still in use: to be tried again. */
  boolean remove() {
    try {
      for (Sandbox sandbox : runtime.sandboxes(uid)) {
        runtime.stopSandbox(sandbox.id());
        runtime.removeSandbox(sandbox.id());
      }
      runtime.removePod(uid);
      removeFiles(services, uid);
      return true;
    } catch (RuntimeFailure e) {
      log.debug("pod {}/{} cannot be removed yet: {}", namespace, name, e.message());
    } catch (IOException e) {
      log.warn("pod {}/{} cannot be removed yet: {}", namespace, name, e.toString());
    }
    return false;
  }

  /** Those of a pod of which no runtime has anything any more: its logs, and its mark at last. */
  static void removeFiles(NodeServices services, String uid) throws IOException {
    for (Path logs : ContainerPlan.logDirectories(services, uid)) {
      LogLinks.remove(services.logs(), logs);
      Trees.remove(logs);
    }
    Path directory = directory(services, uid);
    Mounts.removeBelow(directory); // what is mounted there is not the pod's own
    Trees.remove(directory);
  }
}
