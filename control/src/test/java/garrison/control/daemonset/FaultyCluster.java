package garrison.control.daemonset;

import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.Watch;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.kind.Kind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A cluster whose calls can be made to fail, before or after they have had their effect. */
final class FaultyCluster implements Cluster {
  /** One call. */
  record Call(String verb, Kind kind, String name, String subresource) {}

  /** Throws to make a call fail. */
  interface Fault {
    void on(Call call);
  }

  private final Cluster inner;
  final List<Call> writes = new CopyOnWriteArrayList<>();
  volatile Fault before = call -> {};
  volatile Fault after = call -> {};

  FaultyCluster(Cluster inner) {
    this.inner = inner;
  }

  private <T> T call(Call call, boolean write, Supplier<T> inner) {
    before.on(call);
    T result = inner.get();
    if (write) {
      writes.add(call);
    }
    after.on(call);
    return result;
  }

  /** How many writes of that verb on that kind had their effect. */
  long count(String verb, Kind kind) {
    return writes.stream()
        .filter(call -> call.verb().equals(verb) && call.kind().equals(kind))
        .count();
  }

  @Override
  public ObjectNode get(Kind kind, String namespace, String name) {
    return call(new Call("get", kind, name, ""), false, () -> inner.get(kind, namespace, name));
  }

  @Override
  public ResourceList list(Kind kind, String namespace, ListOptions options) {
    return call(new Call("list", kind, "", ""), false, () -> inner.list(kind, namespace, options));
  }

  @Override
  public ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    return call(
        new Call("create", kind, document.at("/metadata/name").asString(""), ""),
        true,
        () -> inner.create(kind, namespace, document));
  }

  @Override
  public ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    return call(
        new Call("update", kind, document.at("/metadata/name").asString(""), subresource),
        true,
        () -> inner.update(kind, document, subresource));
  }

  @Override
  public ObjectNode patch(
      Kind kind,
      String namespace,
      String name,
      PatchType type,
      JsonNode patch,
      String subresource) {
    return call(
        new Call("patch", kind, name, subresource),
        true,
        () -> inner.patch(kind, namespace, name, type, patch, subresource));
  }

  @Override
  public ObjectNode post(
      Kind kind, String namespace, String name, String subresource, ObjectNode body) {
    return call(
        new Call("post", kind, name, subresource),
        true,
        () -> inner.post(kind, namespace, name, subresource, body));
  }

  @Override
  public ObjectNode delete(Kind kind, String namespace, String name, DeleteOptions options) {
    return call(
        new Call("delete", kind, name, ""),
        true,
        () -> inner.delete(kind, namespace, name, options));
  }

  @Override
  public Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    return inner.watch(kind, namespace, options, listener);
  }
}
