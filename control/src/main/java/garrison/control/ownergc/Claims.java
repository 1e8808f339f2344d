package garrison.control.ownergc;

import garrison.model.OwnerReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An object's owners, sorted.
 *
 * @param solid alive; they keep the object
 * @param gone not there any more
 * @param waiting deleted in the foreground, and waiting for the object to go first
 */
record Claims(List<OwnerReference> solid, List<OwnerReference> gone, List<OwnerReference> waiting) {
  /** How an owner stands. */
  enum Standing {
    SOLID,
    GONE,
    WAITING
  }

  /** Sorts the owners by their standing. */
  static Claims of(List<OwnerReference> owners, Function<OwnerReference, Standing> standing) {
    Claims claims = new Claims(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (OwnerReference owner : owners) {
      switch (standing.apply(owner)) {
        case SOLID -> claims.solid.add(owner);
        case GONE -> claims.gone.add(owner);
        case WAITING -> claims.waiting.add(owner);
      }
    }
    return claims;
  }
}
