package garrison.agent;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * With what an agent proves who it is, as a server and as a client. Immutable. It prints without
 * its key.
 *
 * @param key of the first certificate
 * @param chain its own certificate first
 * @param clientCas whose clients it lets in, if they are the API server
 */
public record AgentIdentity(
    PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientCas) {
  private static final String KEY = "agent.key";
  private static final String CERTIFICATE = "agent.crt";
  private static final String CA = "ca.crt";
  private static final String KEY_LABEL = "PRIVATE KEY";

  /** With lists that nobody changes. */
  public AgentIdentity {
    chain = List.copyOf(chain);
    clientCas = List.copyOf(clientCas);
  }

  /** With the certificate that the server signed, and its CA, both in PEM. */
  public static AgentIdentity of(PrivateKey key, String certificatePem, String caPem) {
    try {
      return new AgentIdentity(key, certificates(certificatePem), certificates(caPem));
    } catch (GeneralSecurityException e) {
      throw new AgentStartException("what the server signed is no certificate: " + e.getMessage());
    }
  }

  /** The CAs of a PEM text. */
  static List<X509Certificate> authorities(String pem) {
    try {
      return certificates(pem);
    } catch (GeneralSecurityException e) {
      throw new AgentStartException(
          "the CA of the clients is no certificate: " + e.getMessage() + "; name its PEM file", e);
    }
  }

  /** Keeps it in a directory, readable by its owner only, for {@link #load}. */
  public void save(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      write(directory.resolve(KEY), keyPem());
      write(directory.resolve(CA), pem(clientCas));
      write(directory.resolve(CERTIFICATE), certificatePem());
    } catch (IOException e) {
      throw new AgentStartException(
          "the node's key cannot be kept in " + directory + ": " + e + "; choose another directory",
          e);
    }
  }

  /** One that was kept; null where there is none. */
  public static @Nullable AgentIdentity load(Path directory) {
    if (!Files.exists(directory.resolve(CERTIFICATE))) {
      return null;
    }
    try {
      String key = Files.readString(directory.resolve(KEY));
      byte[] der =
          Base64.getMimeDecoder()
              .decode(key.replaceAll("-----(BEGIN|END) " + KEY_LABEL + "-----", ""));
      List<X509Certificate> chain = certificates(Files.readString(directory.resolve(CERTIFICATE)));
      List<X509Certificate> cas = certificates(Files.readString(directory.resolve(CA)));
      String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
      PrivateKey privateKey =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      return new AgentIdentity(privateKey, chain, cas);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new AgentStartException(
          "the node's key in "
              + directory
              + " cannot be read: "
              + e
              + "; delete that directory and"
              + " join again with a new token",
          e);
    }
  }

  /** Its key in PEM. A secret. */
  public String keyPem() {
    return pem(KEY_LABEL, key.getEncoded());
  }

  /** Its own certificates in PEM. */
  public String certificatePem() {
    return pem(chain);
  }

  /** The CAs in PEM. */
  public String caPem() {
    return pem(clientCas);
  }

  private static void write(Path file, String text) throws IOException {
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            "identity",
            ".tmp",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    ByteArrayInputStream in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    CertificateFactory.getInstance("X.509")
        .generateCertificates(in)
        .forEach(certificate -> certificates.add((X509Certificate) certificate));
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("there is no certificate in it");
    }
    return certificates;
  }

  private static String pem(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate certificate : certificates) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
    return text.toString();
  }

  /** One block of PEM. */
  static String pem(String label, byte[] der) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(der));
    text.writeBytes(("\n-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII));
    return text.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "AgentIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
