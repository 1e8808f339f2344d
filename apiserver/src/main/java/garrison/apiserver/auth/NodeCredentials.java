package garrison.apiserver.auth;

import garrison.apiserver.pki.CertificateAuthority;
import garrison.apiserver.pki.CertificateAuthority.Use;
import garrison.apiserver.pki.Pem;
import garrison.apiserver.pki.Subject;
import garrison.apiserver.resource.RequestContext;
import garrison.apiserver.resource.ReviewHandler;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers a machine that joins: a certificate for its key, or a bearer token where it sent no
 * request. A node may ask again for itself, to renew; only holders of a join token and
 * administrators may ask for any name.
 *
 * <p>A node's certificate names the node and no host: with a host name in it, the node could pass
 * for the API server. Whoever calls an agent checks the node's name instead.
 */
public final class NodeCredentials implements ReviewHandler {
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int LONGEST_NAME = 253;

  private final CertificateAuthority authority;
  private final NodeTokens tokens;

  /** With what signs. */
  public NodeCredentials(CertificateAuthority authority, NodeTokens tokens) {
    this.authority = authority;
    this.tokens = tokens;
  }

  @Override
  public ObjectNode review(
      RequestContext context, Kind kind, String namespace, ObjectNode question) {
    String node = question.path("spec").path("nodeName").asString("");
    String request = question.path("spec").path("request").asString("");
    if (node.length() > LONGEST_NAME || !NAME.matcher(node).matches()) {
      throw invalid(
          kind,
          node,
          "spec.nodeName",
          "\"" + node + "\": must be the name of a node: lower-case letters, digits, '-' and '.'");
    }
    String asking = context.user().nodeName();
    if (asking != null && !asking.equals(node)) {
      throw StatusException.forbidden(
          kind, node, "node \"" + asking + "\" can only renew its own credential");
    }
    ObjectNode status = question.putObject("status");
    status.put("ca", authority.pem());
    if (request.isEmpty()) {
      status.put("token", tokens.issue(node));
      return question;
    }
    try {
      status.put(
          "certificate",
          Pem.certificates(
              List.of(
                  authority.sign(
                      request, Subject.node(node), EnumSet.allOf(Use.class), List.of()))));
      return question;
    } catch (GeneralSecurityException e) {
      throw invalid(
          kind,
          node,
          "spec.request",
          "must be a PEM block CERTIFICATE REQUEST signed by its own key: " + e.getMessage());
    }
  }

  private static StatusException invalid(Kind kind, String name, String field, String why) {
    return StatusException.invalid(
        kind,
        name,
        List.of(new FieldError(field, FieldError.Type.INVALID, "Invalid value: " + why)));
  }
}
