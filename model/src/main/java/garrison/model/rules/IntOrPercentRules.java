package garrison.model.rules;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;

/** A number or a percentage, as in maxUnavailable (spec: daemonset 1.3). */
final class IntOrPercentRules {
  private IntOrPercentRules() {}

  /** A number that is not negative, or a percentage. */
  static void positive(At value, Errors errors) {
    if (value.node().isString()) {
      errors.invalid(value, Formats.percent(value.text()));
    } else {
      errors.nonNegative(value);
    }
  }

  /** No percentage above 100; a number may be as large as it likes. */
  static void atMostAll(At value, Errors errors) {
    if (isPercent(value) && digits(value.text()).length() > 2 && raw(value) > 100) {
      errors.invalid(value, "must not be greater than 100%");
    }
  }

  private static boolean isPercent(At value) {
    return value.node().isString() && Formats.percent(value.text()).isEmpty();
  }

  private static String digits(String percent) {
    return percent.substring(0, percent.length() - 1);
  }

  /** Whether the raw number is zero; a text that is neither counts as its number, or as zero. */
  static boolean isZero(At value) {
    return raw(value) == 0;
  }

  private static long raw(At value) {
    if (!value.node().isString()) {
      return value.number();
    }
    try {
      return Long.parseLong(isPercent(value) ? digits(value.text()) : value.text());
    } catch (NumberFormatException e) {
      // A percentage may have more digits than fit; any other text is no number at all.
      return isPercent(value) ? Long.MAX_VALUE : 0;
    }
  }
}
