package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;

/** Names of storage drivers: DNS names of at most 63 characters, in any case. */
public final class DriverNames {
  private static final int LONGEST = 63;

  private DriverNames() {}

  /** A name that must be there. */
  public static void validate(At name, Errors errors) {
    if (name.text().isEmpty()) {
      errors.required(name);
      return;
    }
    if (Formats.bytes(name.text()) > LONGEST) {
      errors.tooLong(name, LONGEST);
    }
    errors.invalid(name, Formats.subdomain(Formats.lower(name.text())));
  }
}
