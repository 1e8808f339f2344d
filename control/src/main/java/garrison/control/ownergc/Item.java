package garrison.control.ownergc;

import garrison.model.Meta;
import garrison.model.kind.Kind;

/** An object of any kind, as far as ownership goes. */
record Item(Kind kind, Meta meta) {
  static final String ORPHAN = "orphan";
  static final String FOREGROUND = "foregroundDeletion";

  String uid() {
    return meta.uid();
  }

  /** Deleted, and its dependents are to be let go first. */
  boolean orphansDependents() {
    return meta.deleting() && meta.finalizers().contains(ORPHAN);
  }

  /** Deleted, and waiting for its dependents to be gone. */
  boolean awaitsDependents() {
    return meta.deleting() && meta.finalizers().contains(FOREGROUND);
  }

  /** How to delete it, by what its own finalizers ask for. */
  String propagationPolicy() {
    if (meta.finalizers().contains(ORPHAN)) {
      return "Orphan";
    }
    return meta.finalizers().contains(FOREGROUND) ? "Foreground" : "Background";
  }

  @Override
  public String toString() {
    return kind.qualifiedPlural()
        + " "
        + (meta.namespace().isEmpty() ? "" : meta.namespace() + "/")
        + meta.name();
  }
}
