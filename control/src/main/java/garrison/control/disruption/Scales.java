package garrison.control.disruption;

import garrison.model.OwnerReference;

/** How many pods an owner wants. */
@FunctionalInterface
interface Scales {
  /** The answer. */
  sealed interface Scale {}

  /** So many. */
  record Wanted(int pods) implements Scale {}

  /** There is no such owner any more. */
  record Missing() implements Scale {}

  /** It cannot be asked; why. */
  record Unknown(String why) implements Scale {}

  /** Asks. */
  Scale of(String namespace, OwnerReference owner);
}
