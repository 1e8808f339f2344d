package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.List;

/** Names of certificate signers, such as {@code example.com/fleet}. */
public final class SignerNames {
  private static final int LONGEST_DOMAIN = 253;
  private static final int LONGEST = 571;

  private SignerNames() {}

  /** A domain of two labels or more, a slash, and a path without slashes. */
  public static void validate(At name, Errors errors) {
    String text = name.text();
    if (text.isEmpty()) {
      errors.required(name);
      return;
    }
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      errors.invalid(
          name, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
      return;
    }
    errors.invalid(name, parts[0], Formats.subdomain(parts[0]));
    if (parts[0].indexOf('.') < 0 && Formats.bytes(parts[0]) <= LONGEST_DOMAIN) {
      errors.invalid(
          name,
          parts[0],
          List.of("should be a domain with at least two segments separated by dots"));
    }
    errors.invalid(name, parts[1], Formats.subdomain(parts[1]));
    if (Formats.bytes(text) > LONGEST) {
      errors.tooLong(name, LONGEST);
    }
  }
}
