package garrison.agent.pod;

import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.runtime.Sandbox;
import garrison.agent.volume.Mounts;
import java.io.IOException;
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

  /** With what is mounted in it; never with what is not the pod's own. */
  static void removeDirectory(Path directory) throws IOException {
    Mounts.removeBelow(directory);
    Trees.remove(directory);
  }

  /** Removes all; false where something is still in use: to be tried again. */
  boolean remove() {
    try {
      for (Sandbox sandbox : runtime.sandboxes(uid)) {
        runtime.stopSandbox(sandbox.id());
        runtime.removeSandbox(sandbox.id());
      }
      runtime.removePod(uid);
      removeDirectory(directory(services, uid));
      Trees.remove(ContainerPlan.logDirectory(services, namespace, name, uid));
      LogLinks.removeDead(services.logs(), name, namespace);
      return true;
    } catch (RuntimeFailure e) {
      log.debug("pod {}/{} cannot be removed yet: {}", namespace, name, e.message());
    } catch (IOException e) {
      log.warn("pod {}/{} cannot be removed yet: {}", namespace, name, e.toString());
    }
    return false;
  }
}
