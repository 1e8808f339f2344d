package garrison.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A new key and what is to be signed for it: a node's request to be let in. The key never leaves
 * the node.
 *
 * <p>The JDK's own keytool makes both, once in a node's life, in a process of its own: the JDK has
 * no public way to make a certificate, and a library for it would weigh on every agent for ever.
 */
public final class SigningRequest {
  private static final int PASSWORD_BYTES = 16;

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final String pem;

  private SigningRequest(PrivateKey key, X509Certificate certificate, String pem) {
    this.key = key;
    this.certificate = certificate;
    this.pem = pem;
  }

  /** For the node of that name: {@code system:node:<name>} of {@code system:nodes}. */
  public static SigningRequest create(String nodeName) {
    try {
      Path folder = Files.createTempDirectory("garrison-key"); // 0700
      try {
        return create(nodeName, folder.resolve("node.p12"));
      } finally {
        Files.deleteIfExists(folder.resolve("node.p12"));
        Files.delete(folder);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new AgentStartException("no key can be made for the node: " + e.getMessage(), e);
    }
  }

  private static SigningRequest create(String nodeName, Path store)
      throws IOException, GeneralSecurityException {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    Keytool keytool = new Keytool(store, password);
    keytool.generate("CN=system:node:" + nodeName + ", O=system:nodes");
    String request = keytool.request();
    KeyStore made = KeyStore.getInstance(store.toFile(), password.toCharArray());
    return new SigningRequest(
        (PrivateKey) made.getKey(Keytool.ALIAS, password.toCharArray()),
        (X509Certificate) made.getCertificate(Keytool.ALIAS),
        request);
  }

  /** The key. A secret. */
  public PrivateKey key() {
    return key;
  }

  /** The request, PKCS#10 in PEM. */
  public String pem() {
    return pem;
  }

  /**
   * With the certificate that the key signed for itself, as a kubelet without bootstrap has one:
   * for a node of a Kubernetes whose API server does not look at kubelets' certificates.
   *
   * @param clientCaPem whose clients the agent lets in, null for nobody's
   */
  public AgentIdentity selfSigned(@Nullable String clientCaPem) {
    return new AgentIdentity(
        key,
        List.of(certificate),
        clientCaPem == null ? List.of() : AgentIdentity.authorities(clientCaPem));
  }
}
