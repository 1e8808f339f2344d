package garrison.agent.probe;

/** What a probe decides. */
public enum ProbeKind {
  /** Whether the program has started; until then the other two wait. */
  STARTUP("Startup", "startupProbe"),
  /** Whether it still works; if not it is started anew. */
  LIVENESS("Liveness", "livenessProbe"),
  /** Whether it takes requests now. */
  READINESS("Readiness", "readinessProbe");

  private final String title;
  private final String field;

  ProbeKind(String title, String field) {
    this.title = title;
    this.field = field;
  }

  /** As events begin. */
  public String title() {
    return title;
  }

  /** Its field in a container. */
  public String field() {
    return field;
  }

  /** Whether its failure ends the container. */
  boolean kills() {
    return this != READINESS;
  }
}
