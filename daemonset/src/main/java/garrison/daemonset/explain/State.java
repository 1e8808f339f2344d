package garrison.daemonset.explain;

import java.util.Locale;

/** How a node stands, as a person sees it. In the order of how soon it wants to be seen to. */
public enum State {
  /** An available pod of the present revision. */
  RUNS("run", "runs"),
  /** A pod is there and not available. */
  NOT_READY("not ready", "not ready"),
  /** No pod yet, or one without a node. */
  WAITING("waiting", "waiting"),
  /** Only pods that are being deleted. */
  ENDING("ending", "ending"),
  /** A pod of a node that is gone. */
  LEFT_OVER("left over from nodes that are gone", "the node is gone, its pod is left over"),
  /** An available pod of an older revision. */
  OUTDATED("run an older revision", "runs an older revision"),
  /** A pod on a node that gets no new one. */
  STAYS("keep their pod, but get no new one", "keeps its pod, but gets no new one"),
  /** Not to have a pod. */
  EXCLUDED("excluded", "excluded");

  private final String many;
  private final String one;

  State(String many, String one) {
    this.many = many;
    this.one = one;
  }

  /** With a number: {@code 3 waiting}. */
  public String counted(int nodes) {
    boolean counts = nodes != 1 || this == LEFT_OVER;
    return Amounts.count(nodes) + " " + (counts ? many : one);
  }

  /** After a node: {@code node-3: waiting}. */
  public String ofOne() {
    return one;
  }

  /** A word for programs, such as {@code NotReady}. */
  public String code() {
    StringBuilder code = new StringBuilder();
    for (String word : name().split("_", -1)) {
      code.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return code.toString();
  }
}
