package garrison.control.replace;

import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.model.DaemonSet;
import garrison.model.Pod;
import java.util.function.Consumer;

/**
 * Notices another DaemonSet controller by what it writes, since two of them would make pods and
 * delete each other's without end. Only what is sure counts, and only what is written while we
 * look:
 *
 * <ul>
 *   <li>a new pod whose controller is a DaemonSet, and which the API server says a program with
 *       another name than ours has created;
 *   <li>a new status of a DaemonSet, written by {@code kube-controller-manager}.
 * </ul>
 *
 * <p>A controller that has nothing to do writes nothing and is not noticed; nor is a second program
 * of our own name, which the lease keeps out.
 */
final class RivalWatch {
  private RivalWatch() {}

  /**
   * Looks at all that these caches tell after their first whole picture.
   *
   * @param self the field manager of our own writes
   * @param found called with each evidence, a sentence without its end; must be quick
   */
  static void start(
      Cache<DaemonSet> daemonSets, Cache<Pod> pods, String self, Consumer<String> found) {
    pods.addHandler(
        new Handler<>() {
          private boolean synced;

          @Override
          public void synced() {
            synced = true;
          }

          @Override
          public void added(Pod now) {
            if (synced) {
              tell(RivalEvidence.of(now, self), found);
            }
          }
        });
    daemonSets.addHandler(
        new Handler<>() {
          @Override
          public void updated(DaemonSet old, DaemonSet now) {
            tell(RivalEvidence.of(old, now), found);
          }
        });
  }

  private static void tell(String evidence, Consumer<String> found) {
    if (!evidence.isEmpty()) {
      found.accept(evidence);
    }
  }
}
