package garrison.apiserver.pki;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Reads and writes PEM (RFC 7468) with the JDK alone, so that an ordinary start loads no more. */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String PUBLIC_KEY = "PUBLIC KEY";
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  /** One block. */
  public static String block(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** The contents of all blocks of that label; throws where a block is cut off or is no base64. */
  public static List<byte[]> blocks(String text, String label) throws GeneralSecurityException {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    List<byte[]> blocks = new ArrayList<>();
    int at = text.indexOf(begin);
    while (at >= 0) {
      int stop = text.indexOf(end, at);
      if (stop < 0) {
        throw new GeneralSecurityException("a " + label + " block has no end");
      }
      String body = text.substring(at + begin.length(), stop);
      try {
        blocks.add(Base64.getMimeDecoder().decode(body));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("a " + label + " block is not base64", e);
      }
      at = text.indexOf(begin, stop);
    }
    return blocks;
  }

  /** These certificates, one block each. */
  public static String certificates(List<X509Certificate> chain) throws GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      text.append(block(CERTIFICATE, certificate.getEncoded()));
    }
    return text.toString();
  }

  /** All certificates of a text, at least one. */
  public static List<X509Certificate> readCertificates(String text)
      throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : blocks(text, CERTIFICATE)) {
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no certificate in it");
    }
    return certificates;
  }

  /** An elliptic public key (X.509 SubjectPublicKeyInfo). */
  static String publicKey(PublicKey key) {
    return block(PUBLIC_KEY, key.getEncoded());
  }

  /**
   * The elliptic public key of a text.
   *
   * @throws GeneralSecurityException where there is none
   */
  static PublicKey readPublicKey(String text) throws GeneralSecurityException {
    List<byte[]> keys = blocks(text, PUBLIC_KEY);
    if (keys.size() != 1) {
      throw new GeneralSecurityException("no public key in it");
    }
    return KeyFactory.getInstance(KeyAlgorithm.EC.name())
        .generatePublic(new X509EncodedKeySpec(keys.getFirst()));
  }

  /** A private key in PKCS#8. */
  public static String privateKey(PrivateKey key) {
    return block(PRIVATE_KEY, key.getEncoded());
  }

  /**
   * The private key of a text.
   *
   * @throws GeneralSecurityException where there is none, or one for no {@link KeyAlgorithm}
   */
  public static PrivateKey readPrivateKey(String text) throws GeneralSecurityException {
    List<byte[]> keys = blocks(text, PRIVATE_KEY);
    if (keys.size() != 1) {
      throw new GeneralSecurityException("no private key in it");
    }
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(keys.getFirst());
    for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
      try {
        return KeyFactory.getInstance(algorithm.name()).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        continue; // It is for another, or damaged.
      }
    }
    throw new GeneralSecurityException("a private key that is damaged or for another algorithm");
  }
}
