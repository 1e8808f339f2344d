package garrison.client;

import garrison.model.kind.Kind;
import garrison.model.kind.Verb;
import java.util.function.Supplier;

/** What happens around each call of a cluster: a limit, a condition, a count. Thread-safe. */
public interface CallInterceptor {
  /**
   * Makes the call, or refuses it by throwing what a {@link Cluster} throws.
   *
   * @param verb what the API server will see: a post to a subresource is CREATE
   * @param call to be made at most once, by the calling thread
   * @return what the call answered
   */
  <T> T around(Verb verb, Kind kind, Supplier<T> call);
}
