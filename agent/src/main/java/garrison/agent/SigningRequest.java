package garrison.agent;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A new key and what is to be signed for it: a node's request to be let in. The key never leaves
 * the node.
 */
public final class SigningRequest {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration SELF_SIGNED_LIFE = Duration.ofDays(365);

  private final KeyPair keys;
  private final X500Name subject;

  private SigningRequest(KeyPair keys, X500Name subject) {
    this.keys = keys;
    this.subject = subject;
  }

  /** For the node of that name: {@code system:node:<name>} of {@code system:nodes}. */
  public static SigningRequest create(String nodeName) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      X500Name subject =
          new X500NameBuilder(BCStyle.INSTANCE)
              .addRDN(BCStyle.O, "system:nodes")
              .addRDN(BCStyle.CN, "system:node:" + nodeName)
              .build();
      return new SigningRequest(generator.generateKeyPair(), subject);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has elliptic curves", e);
    }
  }

  /** The key. A secret. */
  public PrivateKey key() {
    return keys.getPrivate();
  }

  /** The request, PKCS#10 in PEM. */
  public String pem() {
    try {
      byte[] der =
          new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic())
              .build(signer())
              .getEncoded();
      return AgentIdentity.pem("CERTIFICATE REQUEST", der);
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("a fresh key cannot sign", e);
    }
  }

  /**
   * Signs it itself, as a kubelet without bootstrap does: for a node of a Kubernetes whose API
   * server does not look at kubelets' certificates.
   *
   * @param clientCaPem whose clients the agent lets in, null for nobody's
   */
  public AgentIdentity selfSigned(@Nullable String clientCaPem) {
    try {
      Instant now = Instant.now();
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  new JcaX509v3CertificateBuilder(
                          subject,
                          new BigInteger(127, new SecureRandom()),
                          Date.from(now.minusSeconds(300)),
                          Date.from(now.plus(SELF_SIGNED_LIFE)),
                          subject,
                          keys.getPublic())
                      .build(signer()));
      return new AgentIdentity(
          key(),
          List.of(certificate),
          clientCaPem == null ? List.of() : AgentIdentity.authorities(clientCaPem));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("a fresh key cannot sign", e);
    }
  }

  private ContentSigner signer() throws OperatorCreationException {
    return new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate());
  }
}
