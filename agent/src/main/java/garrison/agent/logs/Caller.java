package garrison.agent.logs;

import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * Who is at the other end, by the certificate that TLS has verified.
 *
 * @param name its common name, empty for none
 * @param groups its organizations
 */
record Caller(String name, List<String> groups) {
  private static final String API_SERVER = "kube-apiserver-kubelet-client";

  static Caller of(HttpServerRequest request) {
    SSLSession session = request.connection().sslSession();
    try {
      Certificate[] chain = session == null ? new Certificate[0] : session.getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
        return of(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
      }
    } catch (SSLPeerUnverifiedException e) {
      return new Caller("", List.of());
    }
    return new Caller("", List.of());
  }

  private static Caller of(X500Name subject) {
    List<String> names = values(subject, BCStyle.CN);
    return new Caller(names.isEmpty() ? "" : names.getFirst(), values(subject, BCStyle.O));
  }

  private static List<String> values(X500Name subject, ASN1ObjectIdentifier type) {
    List<String> values = new ArrayList<>();
    for (RDN rdn : subject.getRDNs(type)) {
      values.add(IETFUtils.valueToString(rdn.getFirst().getValue()));
    }
    return values;
  }

  /** Whether it showed no certificate. */
  boolean anonymous() {
    return name.isEmpty() && groups.isEmpty();
  }

  /** Whether it is the API server, or an administrator. Other nodes have certificates, too. */
  boolean apiServer() {
    return name.equals(API_SERVER) || groups.contains("system:masters");
  }
}
