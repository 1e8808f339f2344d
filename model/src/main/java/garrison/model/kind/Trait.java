package garrison.model.kind;

/** A way in which a kind differs from the plain one, told as data (spec: api-server 10). */
public enum Trait {
  /** metadata.generation is 1 at create and counts changes of anything but metadata and status. */
  GENERATION,
  /** An update without resourceVersion is refused. */
  VERSIONED_UPDATE,
  /** A PUT to a missing name creates. */
  CREATE_ON_UPDATE,
  /** DELETE answers the object, not a Status. */
  DELETE_ANSWERS_OBJECT,
  /** Deleting takes a grace period (pods). */
  GRACEFUL_DELETE,
  /** metadata.name must be a DNS label. */
  LABEL_NAME,
  /** The status sent at create is kept (nodes). */
  STATUS_AT_CREATE,
  /** Deleting goes through spec.finalizers and the finalize subresource (namespaces). */
  SPEC_FINALIZERS,
  /** A create-only question: it is answered, never stored. */
  REVIEW
}
