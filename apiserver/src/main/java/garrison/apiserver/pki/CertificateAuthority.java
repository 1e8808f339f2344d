package garrison.apiserver.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * Signs the certificates of one Garrison, with a key of curve P-256 and SHA-256. It never reads a
 * name or a right out of a request, only the public key: what a certificate says is the caller's
 * decision. Thread-safe.
 */
public final class CertificateAuthority {
  /** What a certificate may be used for. */
  public enum Use {
    /** Presented by a server. */
    SERVER(KeyPurposeId.id_kp_serverAuth),
    /** Presented by a client. */
    CLIENT(KeyPurposeId.id_kp_clientAuth);

    private final KeyPurposeId purpose;

    Use(KeyPurposeId purpose) {
      this.purpose = purpose;
    }
  }

  /** How long an authority lives: longer than the machines. */
  static final Duration LIFE_OF_AUTHORITY = Duration.ofDays(3650);

  /** How long what it signs lives (spec: api-server 16, 1 year). */
  public static final Duration LIFE = Duration.ofDays(365);

  /** Clocks of a fleet differ; a certificate must not come from the future for one of them. */
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  private final Credential self;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  CertificateAuthority(Credential self, Clock clock) {
    this.self = self;
    this.clock = clock;
  }

  /** A new authority, signed by itself. */
  static Credential generate(Clock clock) {
    try {
      KeyPair keys = KeyAlgorithm.EC.generate();
      // The time in the name: a machine that keeps an older authority's file must not mix them up.
      X500Name name =
          name(new Subject("garrison-ca@" + clock.instant().getEpochSecond(), List.of()));
      JcaX509v3CertificateBuilder builder =
          builder(
              name,
              name,
              keys.getPublic(),
              clock.instant(),
              LIFE_OF_AUTHORITY,
              new BigInteger(127, new SecureRandom()));
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(keys.getPublic()));
      return new Credential(
          keys.getPrivate(),
          List.of(finish(builder, new Credential(keys.getPrivate(), List.of()))));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate authority could be made", e);
    }
  }

  /** One that is kept nowhere, and trusted by nobody who is not told of it. */
  public static CertificateAuthority ephemeral(Clock clock) {
    return new CertificateAuthority(generate(clock), clock);
  }

  /** The authority's own certificate. */
  public X509Certificate certificate() {
    return self.certificate();
  }

  /** The same as PEM. */
  public String pem() {
    return self.certificatePem();
  }

  /** SHA-256 of the certificate's DER form, lower-case hex: what a join token pins. */
  public String pin() {
    return pin(certificate());
  }

  /**
   * The pin of a certificate given as PEM.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static String pinOf(String pem) {
    try {
      return pin(Pem.readCertificates(pem).getFirst());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("this is no certificate", e);
    }
  }

  /** The pin of any certificate. */
  public static String pin(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A new elliptic-curve key with a certificate for it.
   *
   * @param subject whom it names
   * @param uses what it may be used for
   * @param names host names and IP addresses it is valid for; empty for clients
   */
  public Credential issue(Subject subject, Set<Use> uses, Collection<String> names) {
    return issue(subject, uses, names, KeyAlgorithm.EC);
  }

  /** The same with a key for that algorithm. */
  Credential issue(
      Subject subject, Set<Use> uses, Collection<String> names, KeyAlgorithm algorithm) {
    try {
      KeyPair keys = algorithm.generate();
      return new Credential(
          keys.getPrivate(), List.of(certify(keys.getPublic(), subject, uses, names)));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be made for " + subject.name(), e);
    }
  }

  /**
   * Signs the key of a PKCS#10 request. The request's own subject and extensions are ignored.
   *
   * @param requestPem the request as PEM
   * @throws GeneralSecurityException where it is no request, is not signed by its key, or the key
   *     is too weak
   */
  public X509Certificate sign(
      String requestPem, Subject subject, Set<Use> uses, Collection<String> names)
      throws GeneralSecurityException {
    List<byte[]> blocks = Pem.blocks(requestPem, "CERTIFICATE REQUEST");
    if (blocks.size() != 1) {
      throw new GeneralSecurityException("no PEM block of type CERTIFICATE REQUEST");
    }
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(blocks.getFirst());
      PublicKey key = request.getPublicKey();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new GeneralSecurityException("the request is not signed by its own key");
      }
      KeyStrength.require(key);
      return certify(key, subject, uses, names);
    } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
      throw new GeneralSecurityException("not a certificate request", e);
    }
  }

  private X509Certificate certify(
      PublicKey key, Subject subject, Set<Use> uses, Collection<String> names)
      throws IOException, GeneralSecurityException {
    JcaX509v3CertificateBuilder builder =
        builder(
            X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded()),
            name(subject),
            key,
            clock.instant(),
            LIFE,
            new BigInteger(127, random));
    JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            EnumSet.copyOf(uses).stream().map(use -> use.purpose).toArray(KeyPurposeId[]::new)));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        extensions.createAuthorityKeyIdentifier(certificate().getPublicKey()));
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              names.stream().map(CertificateAuthority::generalName).toArray(GeneralName[]::new)));
    }
    return finish(builder, self);
  }

  private static GeneralName generalName(String name) {
    return new GeneralName(
        Addresses.isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      Instant now,
      Duration life,
      BigInteger serial) {
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(now.minus(BACKDATED)), Date.from(now.plus(life)), subject, key);
  }

  private static X509Certificate finish(X509v3CertificateBuilder builder, Credential signer)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(KeyAlgorithm.EC.signature()).build(signer.key())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static X500Name name(Subject subject) {
    X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
    subject.organizations().forEach(group -> builder.addRDN(BCStyle.O, group));
    return builder.addRDN(BCStyle.CN, subject.name()).build();
  }
}
