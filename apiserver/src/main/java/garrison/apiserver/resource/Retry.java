package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.store.RevisionMismatchException;

/**
 * Read, decide, write; again from the start when another write came between. There is no count of
 * attempts: every failure means that somebody else got through, and a write that names a version
 * fails for good at its next look.
 */
final class Retry {
  private final ResourceCache cache;
  private final Writer writer;

  Retry(ResourceCache cache, Writer writer) {
    this.cache = cache;
    this.writer = writer;
  }

  /** One attempt on the present state. */
  @FunctionalInterface
  interface Attempt {
    /** Decides and writes; a {@link RevisionMismatchException} starts the next attempt. */
    Answer on(Stored current);
  }

  /** Tries until it is done; 404 where the object is missing. */
  Answer until(Kind kind, String namespace, String name, Attempt attempt) {
    while (true) {
      Stored current = cache.get(kind, namespace, name);
      if (current == null) {
        throw StatusException.notFound(kind, name);
      }
      try {
        return attempt.on(current);
      } catch (RevisionMismatchException e) {
        writer.catchUp(e);
      }
    }
  }
}
