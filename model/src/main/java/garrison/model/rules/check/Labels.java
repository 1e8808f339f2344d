package garrison.model.rules.check;

/** Labels, and selectors over them, as documents carry them (spec: api-server 8.3). Pure. */
public final class Labels {
  private Labels() {}

  /** Keys and values of a map of labels; both are reported at the map. */
  public static void validate(At labels, Errors errors) {
    labels.entries(
        (key, value) -> {
          errors.invalid(labels, key, Formats.qualifiedName(key));
          errors.invalid(labels, value.text(), Formats.labelValue(value.text()));
        });
  }

  /** The key of one label. */
  public static void validateKey(At key, Errors errors) {
    errors.invalid(key, Formats.qualifiedName(key.text()));
  }

  /** A selector of matchLabels and matchExpressions; nothing where there is none. */
  public static void validateSelector(At selector, Errors errors) {
    validate(selector.child("matchLabels"), errors);
    for (At expression : selector.child("matchExpressions").items()) {
      At values = expression.child("values");
      operator(expression, values, errors);
      validateKey(expression.child("key"), errors);
      for (At value : values.items()) {
        errors.invalid(value, Formats.labelValue(value.text()));
      }
    }
  }

  private static void operator(At expression, At values, Errors errors) {
    switch (expression.text("operator")) {
      case "In", "NotIn" -> {
        if (!values.filled()) {
          errors.required(values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (values.filled()) {
          errors.forbidden(
              values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      default ->
          errors.invalid(
              expression.child("operator"),
              expression.text("operator"),
              "not a valid selector operator");
    }
  }
}
