package garrison.apiserver.admission;

import garrison.model.kind.Kind;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What admission may look up: the present state. Documents are shared, and not to be changed. */
public interface Lookup {
  /** One object, null where it is missing. */
  @Nullable ObjectNode get(Kind kind, String namespace, String name);

  /** All objects of a kind without namespaces. */
  List<ObjectNode> all(Kind kind);

  /** One object that somebody is about to create: waits for it; null when the time is over. */
  @Nullable ObjectNode await(Kind kind, String namespace, String name, Duration most);
}
