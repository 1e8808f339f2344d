package garrison.control.replace;

/** The cluster's own DaemonSet controller runs; the message says by what that is known. */
public final class RivalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the evidence, in a sentence. */
  public RivalException(String evidence) {
    super(
        evidence
            + ": the cluster's own DaemonSet controller is running; start kube-controller-manager"
            + " with --controllers=*,-daemonset-controller, then start this one again");
  }
}
