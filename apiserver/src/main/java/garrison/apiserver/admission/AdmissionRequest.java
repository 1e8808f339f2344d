package garrison.apiserver.admission;

import garrison.apiserver.auth.User;
import garrison.model.kind.Kind;
import garrison.model.kind.Verb;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A write that asks to be admitted.
 *
 * @param user who writes
 * @param operation CREATE, UPDATE (patches too) or DELETE
 * @param kind of the object
 * @param subresource such as status; empty for the object itself
 * @param namespace empty for kinds without one
 * @param name of the object; at a create with generateName, empty
 * @param document the new state, defaulted; {@code mutate} may change it in place; null at delete
 * @param old the state before, not to be changed; null at create
 * @param dryRun whether nothing will be stored
 */
public record AdmissionRequest(
    User user,
    Verb operation,
    Kind kind,
    String subresource,
    String namespace,
    String name,
    @Nullable ObjectNode document,
    @Nullable ObjectNode old,
    boolean dryRun) {
  /** Whether this creates an object of that kind. */
  boolean creates(Kind wanted) {
    return operation == Verb.CREATE && subresource.isEmpty() && kind.equals(wanted);
  }
}
