package garrison.apiserver.pki;

import garrison.apiserver.StartException;
import garrison.apiserver.pki.CertificateAuthority.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The folder of keys and certificates of one server. What is missing is made, what runs out or no
 * longer fits is renewed; the authority itself is only ever made once, because every machine of the
 * fleet trusts it. Secrets have mode 0600. Thread-safe.
 */
public final class Pki {
  private static final Duration RENEW_BEFORE = Duration.ofDays(60);
  private static final int TOKEN_KEY_BYTES = 32;

  private final Path folder;
  private final Clock clock;
  private final CertificateAuthority authority;
  private final Credential server;
  private final Credential admin;
  private final Credential kubeletClient;
  private final byte[] tokenKey;
  private final KeyPair accountTokenKey;

  private Pki(Path folder, Clock clock, Collection<String> serverNames) {
    this.folder = folder;
    this.clock = clock;
    try {
      SecretFiles.makeFolder(folder);
      this.authority = new CertificateAuthority(loadAuthority(), clock);
      Set<String> names = new TreeSet<>();
      serverNames.forEach(name -> names.add(Addresses.canonical(name)));
      this.server =
          held(
              "server",
              new Subject("garrison-apiserver", List.of()),
              EnumSet.of(Use.SERVER),
              names,
              KeyAlgorithm.EC);
      this.admin =
          held(
              "admin",
              new Subject("admin", List.of("system:masters")),
              EnumSet.of(Use.CLIENT),
              Set.of(),
              KeyAlgorithm.RSA);
      this.kubeletClient =
          held(
              "kubelet-client",
              new Subject("kube-apiserver-kubelet-client", List.of()),
              EnumSet.of(Use.CLIENT),
              Set.of(),
              KeyAlgorithm.EC);
      this.tokenKey = loadTokenKey();
      this.accountTokenKey = loadAccountTokenKey();
    } catch (IOException e) {
      throw new StartException(
          "cannot use "
              + folder
              + ": "
              + reason(e)
              + "; run garrison as the user who owns that folder, or choose another data folder",
          e);
    }
  }

  /**
   * Opens the folder, and makes what is missing in it.
   *
   * @param serverNames host names and addresses that clients may use for this server
   * @throws StartException where a file cannot be read or written, or is not what it must be
   */
  public static Pki open(Path folder, Clock clock, Collection<String> serverNames) {
    return new Pki(folder, clock, serverNames);
  }

  /** The authority. */
  public CertificateAuthority certificateAuthority() {
    return authority;
  }

  /** What the HTTPS server shows. */
  public Credential server() {
    return server;
  }

  /** The administrator's certificate (group system:masters). */
  public Credential admin() {
    return admin;
  }

  /** What the server shows to agents when it asks them for logs (spec: api-server 14.4). */
  public Credential kubeletClient() {
    return kubeletClient;
  }

  /** The key that node tokens are signed with: a secret. */
  public byte[] nodeTokenKey() {
    return tokenKey.clone();
  }

  /** The key that tokens of service accounts are signed with (P-256): its private half a secret. */
  public KeyPair accountTokenKey() {
    return accountTokenKey;
  }

  /**
   * A new certificate for an agent in this process, good as a client of the server and as the
   * server of the agent's own port.
   */
  public Credential nodeCredential(String nodeName) {
    return authority.issue(Subject.node(nodeName), EnumSet.allOf(Use.class), List.of());
  }

  private Credential loadAuthority() throws IOException {
    Path keyFile = folder.resolve("ca.key");
    Path certificateFile = folder.resolve("ca.crt");
    if (!Files.exists(certificateFile)) {
      // A key without its certificate is a first start that was cut short: nothing is signed yet.
      if (Files.exists(folder.resolve("server.crt"))) {
        throw new StartException(
            certificateFile
                + " is missing although certificates were signed with it; restore it from a"
                + " backup, or move "
                + folder
                + " away to start a new authority (every node must then join again)");
      }
      Credential made = CertificateAuthority.generate(clock);
      SecretFiles.write(keyFile, made.keyPem());
      SecretFiles.write(certificateFile, made.certificatePem());
      return made;
    }
    Credential found = read("ca");
    if (found == null) {
      throw new StartException(
          "the authority in "
              + folder
              + " is incomplete or damaged (ca.key and ca.crt do not belong together); restore"
              + " both from a backup, or move "
              + folder
              + " away to start a new authority (every node must then join again)");
    }
    if (found.certificate().getNotAfter().toInstant().isBefore(clock.instant())) {
      throw new StartException(
          "the authority in "
              + folder
              + " expired on "
              + found.certificate().getNotAfter().toInstant()
              + "; move that folder away to start a new one (every node must then join again)");
    }
    return found;
  }

  private Credential held(
      String name, Subject subject, Set<Use> uses, Set<String> names, KeyAlgorithm algorithm)
      throws IOException {
    Credential found = read(name);
    if (found != null && algorithm.isOf(found.key()) && fits(found.certificate(), names)) {
      return found;
    }
    Credential made = authority.issue(subject, uses, names, algorithm);
    SecretFiles.write(folder.resolve(name + ".key"), made.keyPem());
    SecretFiles.write(folder.resolve(name + ".crt"), made.certificatePem());
    return made;
  }

  private boolean fits(X509Certificate certificate, Set<String> names) {
    try {
      certificate.verify(authority.certificate().getPublicKey());
      return clock.instant().plus(RENEW_BEFORE).isBefore(certificate.getNotAfter().toInstant())
          && alternativeNames(certificate).containsAll(names);
    } catch (GeneralSecurityException e) {
      return false; // Signed by an authority that is gone: a new one is due.
    }
  }

  private static Set<String> alternativeNames(X509Certificate certificate)
      throws GeneralSecurityException {
    Set<String> names = new TreeSet<>();
    Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
    if (entries != null) {
      for (List<?> entry : entries) {
        names.add(String.valueOf(entry.get(1)));
      }
    }
    return names;
  }

  /** Key and certificate of that name; null where one is missing or they do not fit together. */
  private @Nullable Credential read(String name) throws IOException {
    Path keyFile = folder.resolve(name + ".key");
    Path certificateFile = folder.resolve(name + ".crt");
    if (!Files.exists(keyFile) || !Files.exists(certificateFile)) {
      return null;
    }
    String keyText = Files.readString(keyFile);
    String certificateText = Files.readString(certificateFile);
    try {
      PrivateKey key = Pem.readPrivateKey(keyText);
      List<X509Certificate> chain = Pem.readCertificates(certificateText);
      return belongTogether(key, chain.getFirst()) ? new Credential(key, chain) : null;
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private static boolean belongTogether(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    byte[] probe = {1, 2, 3};
    Signature signature = Signature.getInstance(KeyAlgorithm.of(key).signature());
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update(probe);
    return signature.verify(signed);
  }

  private byte[] loadTokenKey() throws IOException {
    Path file = folder.resolve("node-tokens.key");
    if (Files.exists(file)) {
      byte[] key = Files.readAllBytes(file);
      if (key.length == TOKEN_KEY_BYTES) {
        return key;
      }
      throw new StartException(
          file
              + " is damaged; restore it from a backup, or remove it (hollow nodes must then join"
              + " again)");
    }
    byte[] key = new byte[TOKEN_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    SecretFiles.write(file, key);
    return key;
  }

  /** Both halves in one file, so that they always fit together. */
  private KeyPair loadAccountTokenKey() throws IOException {
    Path file = folder.resolve("service-accounts.key");
    try {
      if (Files.exists(file)) {
        String text = Files.readString(file);
        return new KeyPair(Pem.readPublicKey(text), Pem.readPrivateKey(text));
      }
      KeyPair made = KeyAlgorithm.EC.generate();
      SecretFiles.write(file, Pem.privateKey(made.getPrivate()) + Pem.publicKey(made.getPublic()));
      return made;
    } catch (GeneralSecurityException e) {
      throw new StartException(
          file
              + " is damaged; restore it from a backup, or remove it (pods then get new tokens as"
              + " their volumes are renewed)",
          e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException denied -> "no permission for " + denied.getFile();
      case java.nio.file.FileSystemException other ->
          other.getReason() == null
              ? String.valueOf(other.getMessage())
              : other.getReason() + " (" + other.getFile() + ")";
      case java.nio.charset.CharacterCodingException ignored -> "a file in it is not text";
      default -> String.valueOf(e.getMessage());
    };
  }
}
