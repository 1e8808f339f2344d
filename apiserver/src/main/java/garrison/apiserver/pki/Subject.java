package garrison.apiserver.pki;

import java.util.List;

/**
 * Whom a certificate names.
 *
 * @param name common name: the user of a client certificate
 * @param organizations the user's groups
 */
public record Subject(String name, List<String> organizations) {
  /** The user that a node is. */
  public static Subject node(String nodeName) {
    return new Subject("system:node:" + nodeName, List.of("system:nodes"));
  }
}
