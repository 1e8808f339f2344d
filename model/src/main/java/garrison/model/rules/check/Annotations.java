package garrison.model.rules.check;

/** Annotations, as documents carry them (spec: api-server 10.1). Pure. */
public final class Annotations {
  private static final int LIMIT = 256 * 1024;

  private Annotations() {}

  /** Their keys, and the size of all of them together. */
  public static void validate(At annotations, Errors errors) {
    long[] size = {0};
    annotations.entries(
        (key, value) -> {
          errors.invalid(annotations, key, Formats.qualifiedName(Formats.lower(key)));
          size[0] += Formats.bytes(key) + Formats.bytes(value.text());
        });
    if (size[0] > LIMIT) {
      errors.tooLong(annotations, LIMIT);
    }
  }
}
