package garrison.agent.logs;

import io.vertx.core.http.HttpServerRequest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

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
        return of(certificate.getSubjectX500Principal());
      }
    } catch (SSLPeerUnverifiedException e) {
      return new Caller("", List.of());
    }
    return new Caller("", List.of());
  }

  private static Caller of(X500Principal subject) {
    List<String> names = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    try {
      for (Rdn rdn : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
        names.addAll(values(rdn, "CN"));
        groups.addAll(values(rdn, "O"));
      }
    } catch (NamingException e) {
      throw new IllegalStateException("TLS let in a certificate whose subject is no name", e);
    }
    return new Caller(names.isEmpty() ? "" : names.getLast(), groups);
  }

  private static List<String> values(Rdn rdn, String type) throws NamingException {
    Attribute attribute = rdn.toAttributes().get(type);
    List<String> values = new ArrayList<>();
    for (int i = 0; attribute != null && i < attribute.size(); i++) {
      if (attribute.get(i) instanceof String value) {
        values.add(value);
      }
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
