package garrison.client.http;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A join token: {@code garrison.<id>.<secret>.<pin>}. The pin is the SHA-256 of the CA
 * certificate's DER form, in hexadecimal.
 *
 * @param text the whole token, which is also what is sent as the bearer token; secret
 * @param id names the token in {@code garrison token list}; not secret
 * @param pin lower case
 */
public record JoinToken(String text, String id, String pin) {
  private static final Pattern FORM =
      Pattern.compile("garrison\\.([a-z0-9]+)\\.[A-Za-z0-9_-]+\\.([0-9a-fA-F]{64})");

  /** Reads a token; {@link IllegalArgumentException} with what to do for anything else. */
  public static JoinToken parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "this is no join token (garrison.<id>.<secret>.<pin>); make one with `garrison token"
              + " create` on the server");
    }
    return new JoinToken(text.strip(), matcher.group(1), matcher.group(2).toLowerCase(Locale.ROOT));
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "garrison." + id + ".***." + pin;
  }
}
