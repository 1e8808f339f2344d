package garrison.control;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Reflector;
import garrison.client.cache.Scope;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * The caches that several loops share, so that each object is read once for all of them. Ask for
 * all caches and add all handlers, then {@link #start}.
 */
public final class Informers implements AutoCloseable {
  private final Cluster cluster;
  private final List<Reflector<?>> reflectors = new ArrayList<>();
  private final Cache<Node> nodes;
  private final Cache<Pod> pods;

  /** Nothing is read before {@link #start}. */
  public Informers(Cluster cluster) {
    this.cluster = cluster;
    this.nodes = follow(Kinds.NODE, Scope.ALL, Node::of);
    this.pods = follow(Kinds.POD, Scope.ALL, Pod::of);
  }

  /** All nodes. */
  public Cache<Node> nodes() {
    return nodes;
  }

  /** All pods. */
  public Cache<Pod> pods() {
    return pods;
  }

  /** One more cache. */
  public <T> Cache<T> follow(Kind kind, Scope scope, Function<ObjectNode, T> decode) {
    Reflector<T> reflector = new Reflector<>(cluster, kind, scope, decode);
    reflectors.add(reflector);
    return reflector.cache();
  }

  /** Begins to read. */
  public void start() {
    reflectors.forEach(Reflector::start);
  }

  /** Ends all watches. */
  @Override
  public void close() {
    reflectors.forEach(Reflector::close);
  }
}
