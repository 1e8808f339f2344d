package garrison.apiserver.resource;

import garrison.apiserver.watch.Keys;
import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import garrison.store.RevisionMismatchException;
import garrison.store.Store;
import garrison.store.StoreException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The only place that writes to the store. A write returns once it is durable and readable. No
 * locks: every write names the revision that it replaces, and whoever comes second starts anew.
 */
final class Writer {
  /** What etcd takes by default; objects larger than this cannot move to such a store. */
  private static final int LARGEST = 1_572_864;

  private final Store store;
  private final ResourceCache cache;
  private final Codec codec;

  Writer(Store store, ResourceCache cache, Codec codec) {
    this.store = store;
    this.cache = cache;
    this.codec = codec;
  }

  /**
   * Stores a document.
   *
   * @param expected the revision it replaces, {@link Store#ABSENT} for none
   * @throws RevisionMismatchException where another write came first
   */
  Stored put(Kind kind, String key, ObjectNode document, long expected) {
    Kind storage = Keys.storage(kind);
    ObjectNode stored =
        kind.storedAs() == null ? document : kind.storedAs().toStored().convert(document);
    Documents.metadata(stored).remove("resourceVersion");
    ObjectNode form = codec.canonical(storage, stored);
    byte[] bytes = GoJson.bytes(form);
    if (bytes.length > LARGEST) {
      throw StatusException.of(
          StatusReason.REQUEST_ENTITY_TOO_LARGE,
          "Request entity too large: the object takes "
              + bytes.length
              + " bytes, limit is "
              + LARGEST);
    }
    cache.handOver(bytes, form);
    long revision;
    try {
      revision = store.put(key, bytes, expected);
    } catch (RevisionMismatchException e) {
      cache.takeBack(bytes);
      throw e;
    } catch (StoreException e) {
      cache.takeBack(bytes);
      throw unavailable(e);
    }
    cache.awaitApplied(revision);
    return cache.show(Stored.of(storage, key, bytes, revision), kind);
  }

  /**
   * Removes an object; answers its last state under the revision of the removal.
   *
   * @throws RevisionMismatchException where another write came first
   */
  Stored remove(Kind kind, Stored last) {
    Kind storage = Keys.storage(kind);
    byte[] raw = rawOf(kind, last);
    long revision;
    try {
      revision = store.delete(last.key(), raw, last.revision());
    } catch (StoreException e) {
      throw unavailable(e);
    }
    cache.awaitApplied(revision);
    return cache.show(Stored.of(storage, last.key(), raw, revision), kind);
  }

  private byte[] rawOf(Kind kind, Stored last) {
    if (kind.storedAs() == null) {
      return last.raw();
    }
    ObjectNode converted = kind.storedAs().toStored().convert(last.document());
    Documents.metadata(converted).remove("resourceVersion");
    return codec.encode(Keys.storage(kind), converted);
  }

  /** Waits until the cache shows what a refused write ran into. */
  void catchUp(RevisionMismatchException mismatch) {
    cache.awaitApplied(mismatch.actual() > 0 ? mismatch.actual() : store.revision());
  }

  private static StatusException unavailable(StoreException e) {
    return StatusException.of(StatusReason.SERVICE_UNAVAILABLE, String.valueOf(e.getMessage()));
  }
}
