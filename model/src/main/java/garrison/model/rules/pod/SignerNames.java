package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import java.util.List;
import java.util.function.Function;

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
    if (Formats.bytes(parts[0]) > LONGEST_DOMAIN) {
      errors.tooLong(name, LONGEST_DOMAIN);
    }
    labels(name, parts[0], Formats::dnsLabel, errors);
    if (parts[0].indexOf('.') < 0) {
      errors.invalid(
          name, parts[0], "should be a domain with at least two segments separated by dots");
    }
    labels(name, parts[1], Formats::subdomain, errors);
    if (Formats.bytes(text) > LONGEST) {
      errors.tooLong(name, LONGEST);
    }
  }

  /** The first part between dots that is wrong speaks for all. */
  private static void labels(
      At name, String segment, Function<String, List<String>> format, Errors errors) {
    for (String label : segment.split("\\.", -1)) {
      List<String> wrong = format.apply(label);
      for (String why : wrong) {
        errors.invalid(name, segment, "validating label " + GoValue.quoted(label) + ": " + why);
      }
      if (!wrong.isEmpty()) {
        return;
      }
    }
  }
}
