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

  /** Waits until something has been written, or the time is over. */
  void awaitWrite(Duration most);
}
