package garrison.apiserver.pki;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The file that tells kubectl where the server is and who its user is. */
public final class Kubeconfig {
  private Kubeconfig() {}

  /**
   * A kubeconfig with everything embedded; it holds the user's private key.
   *
   * @param server base URL
   * @param caPem whom to trust
   * @param user who calls
   */
  public static String of(String server, String caPem, Credential user) {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: garrison
      cluster:
        server: %s
        certificate-authority-data: %s
    users:
    - name: admin
      user:
        client-certificate-data: %s
        client-key-data: %s
    contexts:
    - name: garrison
      context:
        cluster: garrison
        user: admin
    current-context: garrison
    """
        .formatted(server, base64(caPem), base64(user.certificatePem()), base64(user.keyPem()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
