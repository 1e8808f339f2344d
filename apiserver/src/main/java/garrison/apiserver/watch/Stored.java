package garrison.apiserver.watch;

import garrison.model.json.Json;
import garrison.model.kind.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One state of one object, as it was stored. Immutable to its users and thread-safe. The document
 * is decoded when it is first asked for, so what nobody looks at costs only its bytes.
 */
public final class Stored {
  private final Kind kind;
  private final String key;
  private final byte[] raw;
  private final long revision;
  private volatile @Nullable ObjectNode document;
  private volatile @Nullable Stored view;

  /**
   * A stored state.
   *
   * @param raw its bytes, without resourceVersion
   * @param document the same decoded, where it is at hand; becomes shared, resourceVersion is set
   */
  Stored(Kind kind, String key, byte[] raw, long revision, @Nullable ObjectNode document) {
    this.kind = kind;
    this.key = key;
    this.raw = raw;
    this.revision = revision;
    this.document = document == null ? null : versioned(document);
  }

  /**
   * A stored state.
   *
   * @param kind of the storage
   * @param raw its bytes, without resourceVersion
   */
  public static Stored of(Kind kind, String key, byte[] raw, long revision) {
    return new Stored(kind, key, raw, revision, null);
  }

  /** Where {@link VersionSplice} puts it: a document must be written as its bytes are. */
  private ObjectNode versioned(ObjectNode plain) {
    ObjectNode metadata = plain.withObject("metadata");
    ObjectNode ordered = Json.object();
    metadata.forEachEntry(
        (name, value) -> {
          if (!VersionSplice.BEFORE.contains(name)) {
            ordered.put("resourceVersion", Long.toString(revision));
          }
          ordered.set(name, value);
        });
    ordered.put("resourceVersion", Long.toString(revision));
    plain.set("metadata", ordered);
    return plain;
  }

  /** The kind of its document. */
  public Kind kind() {
    return kind;
  }

  /** Its key in the store. */
  public String key() {
    return key;
  }

  /** The revision that made it, which is its resourceVersion. */
  public long revision() {
    return revision;
  }

  /** Its bytes as the store has them, without resourceVersion; not to be changed. */
  public byte[] raw() {
    return raw;
  }

  /** The whole document; shared, not to be changed. */
  public ObjectNode document() {
    ObjectNode present = document;
    if (present == null) {
      present = versioned((ObjectNode) Json.parse(raw));
      document = present;
    }
    return present;
  }

  /** Its bytes on the wire, resourceVersion included; a new array at each call. */
  public byte[] json() {
    return VersionSplice.splice(raw, revision);
  }

  /** The same state under another revision: what the event of a removal shows. */
  Stored at(long other) {
    return new Stored(kind, key, raw, other, null);
  }

  /** The state as another kind over the same storage shows it. */
  Stored as(Kind wanted, Encoder encoder) {
    if (wanted.equals(kind) || wanted.storedAs() == null) {
      return this;
    }
    Stored present = view;
    if (present == null) {
      ObjectNode converted = wanted.storedAs().fromStored().convert(document());
      converted.withObject("metadata").remove("resourceVersion");
      present = new Stored(wanted, key, encoder.encode(wanted, converted), revision, converted);
      view = present;
    }
    return present;
  }

  /** Gives up the decoded forms of a state that is no longer the present one. */
  void forget() {
    document = null;
    view = null;
  }

  @Override
  public String toString() {
    return key + "@" + revision;
  }
}
