package garrison.apiserver.resource;

import garrison.model.kind.Kind;
import tools.jackson.databind.node.ObjectNode;

/** Answers the create of a kind that is a question and is never stored (trait REVIEW). */
@FunctionalInterface
public interface ReviewHandler {
  /**
   * The document with its answer.
   *
   * @param namespace empty for kinds without one
   * @param question decoded; the handler may change and return it
   */
  ObjectNode review(RequestContext context, Kind kind, String namespace, ObjectNode question);
}
