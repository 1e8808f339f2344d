package garrison.apiserver.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import garrison.apiserver.pki.CertificateAuthority.Use;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is signed, and for whom. */
class CertificateAuthorityTest {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final Clock clock = Clock.systemUTC();
  private final CertificateAuthority authority =
      new CertificateAuthority(CertificateAuthority.generate(clock), clock);

  private X509Certificate sign(KeyPair keys, String subject) throws GeneralSecurityException {
    return authority.sign(
        SigningRequests.of(keys, subject), Subject.node("n1"), EnumSet.allOf(Use.class), List.of());
  }

  @Test
  void requestDoesNotChooseWhoItIs() throws Exception {
    X509Certificate certificate =
        sign(SigningRequests.keys("EC", 256), "CN=admin,O=system:masters");
    assertThat(certificate.getSubjectX500Principal().getName())
        .isEqualTo("CN=system:node:n1,O=system:nodes");
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactlyInAnyOrder(SERVER_AUTH, CLIENT_AUTH);
    assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(certificate.getSubjectAlternativeNames()).isNull();
    certificate.verify(authority.certificate().getPublicKey());
    certificate.checkValidity();
  }

  @Test
  void clientsCertificateIsNoServers() throws Exception {
    Credential client =
        authority.issue(new Subject("joe", List.of()), EnumSet.of(Use.CLIENT), List.of());
    assertThat(client.certificate().getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
  }

  @ParameterizedTest
  @CsvSource({"EC, 256", "EC, 384", "RSA, 2048", "Ed25519, 255"})
  void strongKeysAreSigned(String algorithm, int size) throws Exception {
    KeyPair keys = SigningRequests.keys(algorithm, size);
    assertThat(sign(keys, "CN=x").getPublicKey()).isEqualTo(keys.getPublic());
  }

  @Test
  void weakKeysAreNot() throws Exception {
    KeyPair keys = SigningRequests.keys("RSA", 1024);
    assertThatThrownBy(() -> sign(keys, "CN=x"))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("too weak");
  }

  @Test
  void requestMustBeSignedByItsOwnKey() throws Exception {
    KeyPair mine = SigningRequests.keys("EC", 256);
    KeyPair theirs = SigningRequests.keys("EC", 256);
    KeyPair mixed = new KeyPair(theirs.getPublic(), mine.getPrivate());
    assertThatThrownBy(() -> sign(mixed, "CN=x"))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("not signed by its own key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "-----BEGIN CERTIFICATE REQUEST-----\n\n-----END CERTIFICATE REQUEST-----\n",
      })
  void whatIsNoRequestIsRefused(String text) {
    assertThatThrownBy(
            () -> authority.sign(text, Subject.node("n1"), EnumSet.of(Use.CLIENT), List.of()))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void keyDoesNotShowInText() {
    Credential credential =
        authority.issue(new Subject("joe", List.of()), EnumSet.of(Use.CLIENT), List.of());
    assertThat(credential.toString()).contains("joe").doesNotContain("PRIVATE");
  }

  @Test
  void pinIsTheSameByPemAndByCertificate() {
    assertThat(authority.pin()).hasSize(64).isEqualTo(CertificateAuthority.pinOf(authority.pem()));
    assertThatThrownBy(() -> CertificateAuthority.pinOf("x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
