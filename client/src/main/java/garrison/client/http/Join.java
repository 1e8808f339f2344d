package garrison.client.http;

import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a machine that knows nothing but a join token comes to trust the server and be trusted:
 *
 * <ol>
 *   <li>fetch the CA certificate without trusting anybody, sending no secret;
 *   <li>compare it with the pin in the token: only the real server's CA passes;
 *   <li>with that CA, over checked TLS, ask for a credential with the token.
 * </ol>
 */
public final class Join {
  private Join() {}

  /**
   * What a node got.
   *
   * @param certificatePem its client and serving certificate, for the key it made itself
   * @param caPem whom to trust
   */
  public record Credential(String certificatePem, String caPem) {}

  /** The server's CA certificate in PEM, checked against the token's pin. */
  public static String trust(URI server, JoinToken token) {
    Config anybody =
        config(server).withTrustCerts(true).withDisableHostnameVerification(true).build();
    String pem;
    try (HttpCluster untrusted = HttpCluster.open(anybody)) {
      pem = new String(untrusted.raw("/fleet/ca"), StandardCharsets.US_ASCII);
    }
    if (!pin(pem).equals(token.pin())) {
      throw new IllegalStateException(
          "the server at "
              + server
              + " is not the one that made this join token (its CA has another fingerprint); check"
              + " the address, or make a new token there");
    }
    return pem;
  }

  /** A certificate for a node, from its PKCS#10 request in PEM. */
  public static Credential node(URI server, JoinToken token, String nodeName, String requestPem) {
    String ca = trust(server, token);
    try (HttpCluster cluster = connect(server, ca)) {
      ObjectNode status = ask(cluster, token, nodeName, requestPem);
      return new Credential(text(status, "certificate"), ca);
    }
  }

  /**
   * A bearer token for a node, for those who share connections.
   *
   * @param cluster as {@link #connect} made it, for as many nodes as one likes
   */
  public static String bearer(HttpCluster cluster, JoinToken token, String nodeName) {
    return text(ask(cluster, token, nodeName, ""), "token");
  }

  /** A cluster that trusts this CA and says nothing of who it is: for {@code withToken}. */
  public static HttpCluster connect(URI server, String caPem) {
    return HttpCluster.open(config(server).withCaCertData(caPem).build());
  }

  private static ObjectNode ask(
      HttpCluster cluster, JoinToken token, String nodeName, String requestPem) {
    Kind kind = Kinds.NODE_CREDENTIAL;
    ObjectNode question = Json.object();
    question.put("apiVersion", kind.apiVersion());
    question.put("kind", kind.kind());
    question.putObject("metadata").put("name", nodeName);
    ObjectNode spec = question.putObject("spec");
    spec.put("nodeName", nodeName);
    if (!requestPem.isEmpty()) {
      spec.put("request", requestPem);
    }
    try {
      ObjectNode answer = cluster.withToken(token.text()).create(kind, "", question);
      if (answer.path("status") instanceof ObjectNode status) {
        return status;
      }
      throw new IllegalStateException("the server gave no credential for " + nodeName);
    } catch (StatusException e) {
      if (e.code() == 401) {
        throw new IllegalStateException(
            "the join token "
                + token
                + " is unknown there or has expired; make a new one with `garrison token create`",
            e);
      }
      throw e;
    }
  }

  private static String text(ObjectNode status, String field) {
    String value = status.path(field).asString("");
    if (value.isEmpty()) {
      throw new IllegalStateException("the server's credential has no " + field);
    }
    return value;
  }

  private static ConfigBuilder config(URI server) {
    return new ConfigBuilder(Config.empty()).withMasterUrl(server.toString());
  }

  /** SHA-256 of the certificate's DER form. */
  static String pin(String pem) {
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("what the server calls its CA is no certificate", e);
    }
  }
}
