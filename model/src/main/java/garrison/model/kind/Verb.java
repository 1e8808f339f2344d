package garrison.model.kind;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * What can be done to a resource (spec: api-server 2), in the order in which discovery lists it.
 */
public enum Verb {
  CREATE,
  DELETE,
  DELETECOLLECTION,
  GET,
  LIST,
  PATCH,
  UPDATE,
  WATCH;

  /** All eight. */
  public static final Set<Verb> ALL = Set.copyOf(EnumSet.allOf(Verb.class));

  /** What a kind allows that only the server itself may change, or that is always empty here. */
  public static final Set<Verb> READ_ONLY = Set.of(GET, LIST, WATCH);

  /** The word on the wire. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
