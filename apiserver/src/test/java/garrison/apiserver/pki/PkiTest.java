package garrison.apiserver.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import garrison.apiserver.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder of keys and certificates over the years. */
class PkiTest {
  private static final Instant START = Instant.parse("2026-11-25T00:00:00Z");
  private static final List<String> NAMES = List.of("localhost", "127.0.0.1", "fd00::1");

  @TempDir private Path data;

  private Pki open() {
    return at(Duration.ZERO);
  }

  private Pki at(Duration later) {
    return at(later, NAMES);
  }

  private Pki at(Duration later, List<String> names) {
    return Pki.open(folder(), Clock.fixed(START.plus(later), ZoneOffset.UTC), names);
  }

  private Path folder() {
    return data.resolve("pki");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void onlyTheOwnerReadsIt() throws IOException {
    open();
    assertThat(mode(folder())).isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(folder())) {
      assertThat(files)
          .hasSize(10)
          .allSatisfy(file -> assertThat(mode(file)).as("%s", file).isEqualTo("rw-------"));
    }
  }

  @Test
  void nothingChangesAtTheNextStart() {
    Pki first = open();
    Pki second = at(Duration.ofDays(30));
    assertThat(second.certificateAuthority().pem()).isEqualTo(first.certificateAuthority().pem());
    assertThat(second.server()).isEqualTo(first.server());
    assertThat(second.admin()).isEqualTo(first.admin());
    assertThat(second.kubeletClient()).isEqualTo(first.kubeletClient());
    assertThat(second.nodeTokenKey()).isEqualTo(first.nodeTokenKey());
  }

  @Test
  void whatRunsOutIsRenewedInTimeButTheAuthorityStays() {
    Pki first = open();
    Pki later = at(Duration.ofDays(310));
    assertThat(later.certificateAuthority().pem()).isEqualTo(first.certificateAuthority().pem());
    for (Credential renewed : List.of(later.server(), later.admin(), later.kubeletClient())) {
      assertThat(renewed.certificate().getNotAfter().toInstant())
          .isEqualTo(START.plus(Duration.ofDays(310 + 365)));
    }
    assertThat(later.server().key()).isNotEqualTo(first.server().key());
    assertThat(at(Duration.ofDays(311)).server()).isEqualTo(later.server());
  }

  @Test
  void serverThatGetsANewNameGetsANewCertificate() throws Exception {
    Pki first = open();
    assertThat(at(Duration.ZERO, List.of("localhost")).server()).isEqualTo(first.server());
    Pki moved = at(Duration.ZERO, List.of("localhost", "10.0.0.7"));
    assertThat(moved.server()).isNotEqualTo(first.server());
    assertThat(moved.server().certificate().getSubjectAlternativeNames())
        .contains(List.of(7, "10.0.0.7"), List.of(2, "localhost"));
    assertThat(moved.admin()).isEqualTo(first.admin());
  }

  @Test
  void addressesOfTheSixthVersionAreHeldAgain() {
    // Certificates write them in full, people do not.
    assertThat(open().server()).isEqualTo(open().server());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "1.2.3.999", "fd00:::1", "-x", "name\n"})
  void whatIsNoNameIsRefused(String name) {
    assertThatThrownBy(() -> at(Duration.ZERO, List.of("localhost", name)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is neither a host name nor an IP address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"server.key", "server.crt", "admin.key", "admin.crt"})
  void damagedCertificateIsSimplyMadeAgain(String file) throws IOException {
    Pki first = open();
    Files.writeString(folder().resolve(file), "-----BEGIN CERTIFICATE-----\nMII");
    Pki second = open();
    assertThat(second.certificateAuthority().pem()).isEqualTo(first.certificateAuthority().pem());
    assertThat(second.server().certificate().getIssuerX500Principal())
        .isEqualTo(first.certificateAuthority().certificate().getSubjectX500Principal());
    assertThat(mode(folder().resolve(file))).isEqualTo("rw-------");
  }

  @Test
  void keyThatIsGivenAwayIsOneThatEveryClientReads() throws IOException {
    // fabric8 and the official Java client take what stands in a kubeconfig for RSA.
    Pki first = open();
    assertThat(first.admin().key().getAlgorithm()).isEqualTo("RSA");
    // A folder of before, whose administrator has a key of the other kind.
    Credential before = first.kubeletClient();
    Files.writeString(folder().resolve("admin.key"), before.keyPem());
    Files.writeString(folder().resolve("admin.crt"), before.certificatePem());
    assertThat(open().admin().key().getAlgorithm()).isEqualTo("RSA");
  }

  private void refused(String... parts) {
    Throwable refusal = catchThrowable(this::open);
    assertThat(refusal).isInstanceOf(StartException.class);
    assertThat(refusal.getMessage()).contains(parts).contains(folder().toString());
    assertThat(refusal.getMessage()).doesNotContain("\n").doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "-----BEGIN CERTIFICATE-----\nMIIB\n"})
  void damagedAuthorityIsNeverReplaced(String content) throws IOException {
    open();
    for (String file : List.of("ca.crt", "ca.key")) {
      byte[] before = Files.readAllBytes(folder().resolve(file));
      Files.writeString(folder().resolve(file), content);
      refused("incomplete or damaged", "restore both from a backup");
      assertThat(folder().resolve(file)).hasContent(content);
      Files.write(folder().resolve(file), before);
    }
    open();
  }

  @Test
  void authorityOfAnotherFolderIsNotTaken() throws IOException {
    open();
    Pki other = Pki.open(data.resolve("other"), Clock.systemUTC(), NAMES);
    Files.writeString(folder().resolve("ca.crt"), other.certificateAuthority().pem());
    refused("do not belong together");
  }

  @Test
  void authorityThatIsGoneIsMissed() throws IOException {
    open();
    Files.delete(folder().resolve("ca.crt"));
    refused("ca.crt is missing although certificates were signed with it");
    Files.delete(folder().resolve("ca.key"));
    refused("ca.crt is missing although certificates were signed with it");
  }

  @Test
  void firstStartThatWasCutShortIsTakenUp() throws IOException {
    open();
    for (String file : List.of("ca.crt", "server.crt", "server.key", "admin.crt")) {
      Files.delete(folder().resolve(file));
    }
    Files.writeString(folder().resolve("ca.crt.new"), "half");
    assertThat(open().server().certificate()).isNotNull();
  }

  @Test
  void authorityEndsOneDay() {
    open();
    assertThatThrownBy(() -> at(Duration.ofDays(3651)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("expired on 2036-11-22T00:00:00Z")
        .hasMessageContaining("move that folder away");
  }

  @Test
  void damagedTokenKeyIsNotReplaced() throws IOException {
    open();
    Files.write(folder().resolve("node-tokens.key"), new byte[] {1, 2, 3});
    refused("node-tokens.key is damaged", "remove it");
  }

  @Test
  void filesThatAreNoTextAreNamed() throws IOException {
    open();
    Files.write(folder().resolve("ca.crt"), new byte[] {(byte) 0xff, (byte) 0xfe});
    refused("a file in it is not text");
  }

  @Test
  void placeThatIsNoFolderIsRefused() throws IOException {
    Files.writeString(folder(), "x");
    refused("choose another data folder");
  }
}
