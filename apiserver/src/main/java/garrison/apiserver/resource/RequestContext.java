package garrison.apiserver.resource;

import garrison.apiserver.auth.User;
import java.util.function.Consumer;

/**
 * What goes with a write besides its object.
 *
 * @param user who writes
 * @param fieldValidation what to do about unknown fields
 * @param dryRun do everything but store (spec: api-server 10.2)
 * @param fieldManager as the client named itself, empty where it did not
 * @param warnings takes the texts of Warning headers
 */
public record RequestContext(
    User user,
    FieldValidation fieldValidation,
    boolean dryRun,
    String fieldManager,
    Consumer<String> warnings) {
  /** A plain request of this user; warnings are dropped. */
  public static RequestContext of(User user) {
    return new RequestContext(user, FieldValidation.WARN, false, "", warning -> {});
  }

  /** The same request, of which nothing is stored. */
  RequestContext dry() {
    return new RequestContext(user, fieldValidation, true, fieldManager, warnings);
  }
}
