package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Index;
import garrison.client.events.EventRecorder;
import garrison.daemonset.NodeTable;
import garrison.daemonset.Revision;
import garrison.model.Pod;
import java.time.Clock;
import java.util.concurrent.Semaphore;

/** What the reconcilers of all DaemonSets share. */
record Surroundings(
    Cluster cluster,
    Clock clock,
    EventLoop loop,
    EventRecorder events,
    Measures measures,
    NodeTable nodes,
    Cache<Pod> pods,
    Index<Pod> podsByOwner,
    Cache<Revision> revisions,
    Index<Revision> revisionsByNamespace,
    Semaphore calls,
    DaemonSetLoop.Options options) {

  /** The key of {@link #podsByOwner} for the pods of a namespace that nobody controls. */
  static String orphansOf(String namespace) {
    return "orphan/" + namespace;
  }

  /** Runs a blocking call on a thread of its own, within the bound of calls at a time. */
  void call(String name, Runnable blocking) {
    Thread.ofVirtual()
        .name("daemonset " + name)
        .start(
            () -> {
              calls.acquireUninterruptibly();
              try {
                blocking.run();
              } finally {
                calls.release();
              }
            });
  }
}
