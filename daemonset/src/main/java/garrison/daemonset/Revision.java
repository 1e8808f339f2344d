package garrison.daemonset;

import garrison.model.ControllerRevision;
import garrison.model.Meta;
import tools.jackson.databind.node.ObjectNode;

/**
 * A ControllerRevision as observed, with the canonical text of its data, made once. Immutable.
 *
 * @param record the object
 * @param data its data in canonical form, by which it is compared
 */
public record Revision(ControllerRevision record, String data) {
  /** Reads a document, and keeps it. */
  public static Revision of(ObjectNode document) {
    ControllerRevision record = ControllerRevision.of(document);
    return new Revision(record, Canonical.text(record.data()));
  }

  /** Its metadata. */
  public Meta meta() {
    return record.meta();
  }

  /** Its name. */
  public String name() {
    return record.name();
  }

  /** Its number. */
  public long number() {
    return record.revision();
  }

  /** The hash in its label, empty where it has none. */
  public String hash() {
    return record.hash();
  }
}
