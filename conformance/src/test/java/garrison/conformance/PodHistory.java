package garrison.conformance;

import garrison.client.Cluster;
import garrison.client.cache.Handler;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.Pod;
import garrison.model.kind.Kinds;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Every pod that there ever was in a namespace since it began to look, and what became of it. */
final class PodHistory implements AutoCloseable {
  private final Map<String, Seen> byUid = new ConcurrentHashMap<>();
  private final Reflector<Pod> reflector;

  /**
   * A pod.
   *
   * @param node where it is bound; empty before
   * @param hash the revision that its label names
   * @param deleted whether somebody has deleted it
   * @param gone whether it is gone
   */
  record Seen(String name, String node, String hash, boolean ready, boolean deleted, boolean gone) {
    boolean live() {
      return !deleted && !gone;
    }
  }

  PodHistory(Cluster cluster, String namespace) {
    reflector = new Reflector<>(cluster, Kinds.POD, Scope.namespace(namespace), Pod::of);
    reflector
        .cache()
        .addHandler(
            new Handler<>() {
              @Override
              public void added(Pod now) {
                byUid.put(now.meta().uid(), seen(now, false));
              }

              @Override
              public void updated(Pod old, Pod now) {
                byUid.put(now.meta().uid(), seen(now, false));
              }

              @Override
              public void deleted(Pod last) {
                byUid.put(last.meta().uid(), seen(last, true));
              }
            });
    reflector.start();
  }

  private static Seen seen(Pod pod, boolean gone) {
    return new Seen(
        pod.name(),
        pod.nodeName(),
        pod.labels().getOrDefault(Pod.HASH_LABEL, ""),
        pod.ready(),
        pod.terminating() || gone,
        gone);
  }

  /** All of a DaemonSet that there ever were. */
  List<Seen> all(String daemonSet) {
    return byUid.values().stream().filter(pod -> pod.name().startsWith(daemonSet + "-")).toList();
  }

  /** Those that nobody has deleted. */
  List<Seen> live(String daemonSet) {
    return all(daemonSet).stream().filter(Seen::live).toList();
  }

  @Override
  public void close() {
    reflector.close();
  }
}
