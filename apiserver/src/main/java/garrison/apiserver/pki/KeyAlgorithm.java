package garrison.apiserver.pki;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

/** The kinds of keys that are made here; the name of each is the one that its keys tell. */
enum KeyAlgorithm {
  /** Elliptic curve P-256: small, and made in no time. */
  EC(256, "SHA256withECDSA"),

  /**
   * RSA, for the key of a kubeconfig: the widespread Java clients take every PKCS#8 key that they
   * find there for an RSA key.
   */
  RSA(2048, "SHA256withRSA");

  private final int bits;
  private final String signature;

  KeyAlgorithm(int bits, String signature) {
    this.bits = bits;
    this.signature = signature;
  }

  /** The algorithm by which such a key signs. */
  String signature() {
    return signature;
  }

  /** A new pair. */
  KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(name());
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /** Whether it is that of a key. */
  boolean isOf(Key key) {
    return name().equals(key.getAlgorithm());
  }

  /**
   * That of a key.
   *
   * @throws GeneralSecurityException where it is none of these
   */
  static KeyAlgorithm of(Key key) throws GeneralSecurityException {
    for (KeyAlgorithm algorithm : values()) {
      if (algorithm.isOf(key)) {
        return algorithm;
      }
    }
    throw new GeneralSecurityException("a key for " + key.getAlgorithm());
  }
}
