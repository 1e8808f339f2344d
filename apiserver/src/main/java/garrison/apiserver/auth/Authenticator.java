package garrison.apiserver.auth;

import garrison.model.StatusException;
import garrison.model.StatusReason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who sends a request: by client certificate, else by bearer token, else nobody known
 * (spec: api-server 17). A credential that is shown but is no good is refused; it never falls back
 * to anonymous. Thread-safe.
 */
public final class Authenticator {
  private static final String BEARER = "bearer ";

  private final NodeTokens nodeTokens;
  private final AccountTokens accountTokens;
  private final JoinTokens joinTokens;

  /** With the sorts of tokens there are. */
  public Authenticator(NodeTokens nodeTokens, AccountTokens accountTokens, JoinTokens joinTokens) {
    this.nodeTokens = nodeTokens;
    this.accountTokens = accountTokens;
    this.joinTokens = joinTokens;
  }

  /** The user of a client certificate that the TLS layer has checked against the authority. */
  public static User user(X509Certificate certificate) {
    String name = "";
    List<String> groups = new ArrayList<>();
    try {
      LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName("RFC2253"));
      for (Rdn part : subject.getRdns()) {
        switch (part.getType().toUpperCase(Locale.ROOT)) {
          case "CN" -> name = String.valueOf(part.getValue());
          case "O" -> groups.add(String.valueOf(part.getValue()));
          default -> {}
        }
      }
    } catch (InvalidNameException e) {
      throw unauthorized();
    }
    if (name.isEmpty()) {
      throw unauthorized();
    }
    groups.add(Authorizer.AUTHENTICATED);
    return new User(
        name,
        "",
        List.copyOf(groups),
        Map.of(
            "authentication.kubernetes.io/credential-id",
            List.of("X509SHA256=" + fingerprint(certificate))));
  }

  /**
   * The user of a request.
   *
   * @param ofCertificate the user of the connection's client certificate, null where it has none
   * @param authorization the header of that name, null where it is absent
   * @throws StatusException 401 for a token that is no good
   */
  public User authenticate(@Nullable User ofCertificate, @Nullable String authorization) {
    if (ofCertificate != null) {
      return ofCertificate;
    }
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return User.ANONYMOUS;
    }
    String token = authorization.substring(BEARER.length()).trim();
    if (token.isEmpty()) {
      return User.ANONYMOUS;
    }
    AccountTokens.Bearer bearer = ofToken(token);
    if (bearer == null || !bearer.audiences().contains(AccountTokens.ISSUER)) {
      throw unauthorized();
    }
    return bearer.user();
  }

  /**
   * The bearer of a token, null where it is no good. Whether it is for the one who asks is theirs
   * to say: a token for somebody else must not open this server.
   */
  AccountTokens.@Nullable Bearer ofToken(String token) {
    User user = nodeTokens.verify(token);
    if (user == null) {
      AccountTokens.Bearer account = accountTokens.verify(token);
      if (account != null) {
        return account;
      }
      user = joinTokens.verify(token);
    }
    return user == null ? null : new AccountTokens.Bearer(user, List.of(AccountTokens.ISSUER));
  }

  /** 401, which tells nothing of why. */
  static StatusException unauthorized() {
    return StatusException.of(StatusReason.UNAUTHORIZED, "Unauthorized");
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
