package garrison.apiserver.resource;

import tools.jackson.databind.node.ObjectNode;

/** Answers a post to a subresource that stores nothing, such as the request for a token. */
@FunctionalInterface
public interface PostHandler {
  /**
   * The document with its answer; 201.
   *
   * @param name of the object whose subresource it is; whether it exists is not checked yet
   * @param question decoded; the handler may change and return it
   */
  ObjectNode post(RequestContext context, String namespace, String name, ObjectNode question);
}
