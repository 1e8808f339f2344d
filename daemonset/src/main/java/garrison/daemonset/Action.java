package garrison.daemonset;

/** One thing to be done in the cluster for a DaemonSet. A value; doing it is the caller's part. */
public sealed interface Action {
  /** The node concerned. */
  String node();

  /** The reason. */
  Why why();

  /** Create a pod for a node. */
  record CreatePod(String node, Why.Create why) implements Action {}

  /** Delete a pod, with its own grace period. */
  record DeletePod(DaemonPod pod, Why.Delete why) implements Action {
    @Override
    public String node() {
      return pod.node();
    }
  }
}
