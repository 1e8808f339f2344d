package garrison.agent;

/** What a node says of the program that runs it. */
public final class AgentVersion {
  /** The kubelet version whose behaviour the agent follows, and that it is not that kubelet. */
  public static final String KUBELET = "v1.37.2+garrison";

  private AgentVersion() {}
}
