package garrison.daemonset.explain;

/** How a node stands, as a person sees it. In the order in which they are told. */
public enum State {
  /** An available pod of the present revision. */
  RUNS("run"),
  /** An available pod of an older revision. */
  OUTDATED("run an older revision"),
  /** A pod on a node that gets no new one. */
  STAYS("keep their pod, but get no new one"),
  /** A pod is there and not available. */
  NOT_READY("not ready"),
  /** No pod yet, or one without a node. */
  WAITING("waiting"),
  /** Only pods that are being deleted. */
  ENDING("ending"),
  /** A pod of a node that is gone. */
  LEFT_OVER("left over from nodes that are gone"),
  /** Not to have a pod. */
  EXCLUDED("excluded");

  private final String words;

  State(String words) {
    this.words = words;
  }

  /** After a number: {@code 3 waiting}. */
  public String words() {
    return words;
  }
}
