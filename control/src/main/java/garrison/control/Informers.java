package garrison.control;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.DisruptionBudget;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The caches that several loops share, so that each object is read once for all of them. Ask for
 * all caches and add all handlers, then {@link #start}. Thread-safe.
 */
public final class Informers implements AutoCloseable {
  private final Cluster cluster;
  private final List<Reflector<?>> reflectors = new ArrayList<>();
  private @Nullable Cache<Node> nodes;
  private @Nullable Cache<Pod> pods;
  private @Nullable Cache<DisruptionBudget> budgets;

  /** Nothing is read before {@link #start}. */
  public Informers(Cluster cluster) {
    this.cluster = cluster;
  }

  /** All nodes. */
  public synchronized Cache<Node> nodes() {
    Cache<Node> present = nodes;
    if (present == null) {
      present = follow(Kinds.NODE, Scope.ALL, Node::of);
      nodes = present;
    }
    return present;
  }

  /** All pods. */
  public synchronized Cache<Pod> pods() {
    Cache<Pod> present = pods;
    if (present == null) {
      present = follow(Kinds.POD, Scope.ALL, Pod::of);
      pods = present;
    }
    return present;
  }

  /** All disruption budgets. */
  public synchronized Cache<DisruptionBudget> budgets() {
    Cache<DisruptionBudget> present = budgets;
    if (present == null) {
      present = follow(Kinds.POD_DISRUPTION_BUDGET, Scope.ALL, DisruptionBudget::of);
      budgets = present;
    }
    return present;
  }

  /** One more cache. */
  public synchronized <T> Cache<T> follow(Kind kind, Scope scope, Function<ObjectNode, T> decode) {
    Reflector<T> reflector = new Reflector<>(cluster, kind, scope, decode);
    reflectors.add(reflector);
    return reflector.cache();
  }

  /** Begins to read. */
  public synchronized void start() {
    reflectors.forEach(Reflector::start);
  }

  /** Ends all watches. */
  @Override
  public synchronized void close() {
    reflectors.forEach(Reflector::close);
  }
}
