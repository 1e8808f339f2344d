package garrison.apiserver.pki;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key with its certificate. Immutable.
 *
 * @param key the private key
 * @param chain the certificate first, then those above it, without the authority's own
 */
public record Credential(PrivateKey key, List<X509Certificate> chain) {
  /** The key's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** The chain as PEM. */
  public String certificatePem() {
    try {
      return Pem.certificates(chain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that cannot be written", e);
    }
  }

  /** The key as PEM: a secret, for files of mode 0600 only. */
  public String keyPem() {
    return Pem.privateKey(key);
  }

  /** Leaves the key out. */
  @Override
  public String toString() {
    return "Credential[" + certificate().getSubjectX500Principal() + "]";
  }
}
