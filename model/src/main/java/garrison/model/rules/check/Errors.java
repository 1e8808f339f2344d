package garrison.model.rules.check;

import garrison.model.FieldError;
import garrison.model.FieldError.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with a document, in the order in which it is found, in the words of the
 * wire (spec: api-server 13, "Causes for 422"). Not thread-safe; lives for one validation.
 */
public final class Errors {
  private final List<FieldError> found = new ArrayList<>();

  /** All that was found, in order. */
  public List<FieldError> list() {
    return List.copyOf(found);
  }

  /** How much was found so far. */
  public int count() {
    return found.size();
  }

  /** Adds what others found. */
  public void addAll(Collection<FieldError> errors) {
    found.addAll(errors);
  }

  /** Nothing stands where something must. */
  public void required(At at) {
    add(at, Type.REQUIRED, "Required value");
  }

  /** Nothing stands where something must, and why. */
  public void required(At at, String why) {
    add(at, Type.REQUIRED, with("Required value", why));
  }

  /** What stands here is wrong. */
  public void invalid(At at, String why) {
    invalid(at, at.node(), why);
  }

  /** What stands here is wrong; {@code value} is what the message shows. */
  public void invalid(At at, @Nullable Object value, String why) {
    add(at, Type.INVALID, with("Invalid value: " + GoValue.of(value), why));
  }

  /** What stands here is wrong in each of these ways. */
  public void invalid(At at, @Nullable Object value, List<String> reasons) {
    for (String why : reasons) {
      invalid(at, value, why);
    }
  }

  /** The text here is wrong in each of these ways. */
  public void invalid(At at, List<String> reasons) {
    invalid(at, at.text(), reasons);
  }

  /** What stands here is none of the allowed values, which are named in this order. */
  public void notSupported(At at, @Nullable Object value, String... supported) {
    notSupported(at, value, Arrays.asList(supported));
  }

  /** What stands here is none of the allowed values, which are named in this order. */
  public void notSupported(At at, @Nullable Object value, Collection<String> supported) {
    String allowed = supported.stream().map(GoValue::quoted).collect(Collectors.joining(", "));
    add(
        at,
        Type.NOT_SUPPORTED,
        "Unsupported value: " + GoValue.of(value) + ": supported values: " + allowed);
  }

  /** The same stands elsewhere already. */
  public void duplicate(At at, @Nullable Object value) {
    add(at, Type.DUPLICATE, "Duplicate value: " + GoValue.of(value));
  }

  /** The same stands elsewhere already, and why that is wrong. */
  public void duplicate(At at, @Nullable Object value, String why) {
    add(at, Type.DUPLICATE, with("Duplicate value: " + GoValue.of(value), why));
  }

  /** What this names does not exist. */
  public void notFound(At at, @Nullable Object value) {
    add(at, Type.NOT_FOUND, "Not found: " + GoValue.of(value));
  }

  /** What this names does not exist, and where it was sought. */
  public void notFound(At at, @Nullable Object value, String why) {
    add(at, Type.NOT_FOUND, with("Not found: " + GoValue.of(value), why));
  }

  /** Nothing may stand here now. */
  public void forbidden(At at, String why) {
    add(at, Type.FORBIDDEN, with("Forbidden", why));
  }

  /** More than {@code limit} bytes. */
  public void tooLong(At at, int limit) {
    add(at, Type.TOO_LONG, "Too long: may not be more than " + limit + " bytes");
  }

  /** More than {@code limit} items. */
  public void tooMany(At at, int actual, int limit) {
    add(at, Type.TOO_MANY, "Too many: " + actual + ": must have at most " + limit + " items");
  }

  /** A number that may not be negative. */
  public void nonNegative(At at) {
    if (at.number() < 0) {
      invalid(at, "must be greater than or equal to 0");
    }
  }

  private static String with(String start, String why) {
    return why.isEmpty() ? start : start + ": " + why;
  }

  private void add(At at, Type type, String message) {
    found.add(new FieldError(at.path(), type, message));
  }
}
