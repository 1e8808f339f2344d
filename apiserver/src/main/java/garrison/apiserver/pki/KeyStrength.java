package garrison.apiserver.pki;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;

/** Which keys are strong enough to be signed. */
final class KeyStrength {
  private KeyStrength() {}

  /** Throws unless the key is elliptic-curve of 256 bits or more, Ed25519/448, or RSA of 2048. */
  static void require(PublicKey key) throws GeneralSecurityException {
    boolean strong =
        switch (key) {
          case ECKey ec -> ec.getParams().getCurve().getField().getFieldSize() >= 256;
          case RSAKey rsa -> rsa.getModulus().bitLength() >= 2048;
          case EdECKey ed -> ed.getParams() != null;
          default -> false;
        };
    if (!strong) {
      throw new GeneralSecurityException("the key is too weak: use EC P-256 or RSA 2048 or better");
    }
  }
}
