package garrison.apiserver.watch;

import org.jspecify.annotations.Nullable;

/**
 * One write to one object, with both states around it: a watch with a selector sees an object that
 * starts to match as new, and one that stops to match as gone (spec: api-server 9.3).
 *
 * @param revision of the write
 * @param before null for a creation
 * @param after null for a removal
 * @param last what a removal shows, null for any other write
 */
record Change(
    long revision, @Nullable Stored before, @Nullable Stored after, @Nullable Stored last) {
  /** The key written. */
  String key() {
    Stored any = after != null ? after : last != null ? last : before;
    return any == null ? "" : any.key();
  }
}
