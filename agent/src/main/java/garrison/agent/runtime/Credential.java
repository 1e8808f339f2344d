package garrison.agent.runtime;

/**
 * Who asks a registry for an image: user and password, or one of the tokens; the rest is empty.
 * Never printed.
 */
public record Credential(
    String server, String username, String password, String identityToken, String registryToken) {
  @Override
  public String toString() {
    return "a credential for " + server;
  }
}
