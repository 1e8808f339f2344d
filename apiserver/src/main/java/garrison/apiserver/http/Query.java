package garrison.apiserver.http;

import garrison.model.StatusException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a URL, read by the rules of the API (spec: api-server 8.1). Immutable. */
final class Query {
  private static final Query EMPTY = new Query(Map.of());

  private final Map<String, List<String>> values;

  private Query(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Reads the text behind the question mark; what is no valid pair is left out. */
  static Query parse(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return EMPTY;
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      try {
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        values.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
      } catch (IllegalArgumentException e) {
        continue; // A broken percent sign: upstream drops the pair, too.
      }
    }
    return new Query(values);
  }

  private static String decode(String text) {
    return text.indexOf('%') < 0 && text.indexOf('+') < 0
        ? text
        : URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Whether a parameter is given at all. */
  boolean has(String name) {
    return values.containsKey(name);
  }

  /** All values of a parameter. */
  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** Its first value, empty where it is not given. */
  String text(String name) {
    List<String> all = values.get(name);
    return all == null ? "" : all.getFirst();
  }

  /** Absent, 0 and false are false; anything else is true, the empty text as well. */
  boolean flag(String name) {
    List<String> all = values.get(name);
    if (all == null) {
      return false;
    }
    String value = all.getFirst().toLowerCase(Locale.ROOT);
    return !value.equals("0") && !value.equals("false");
  }

  /** A number, null where it is not given; 400 for what is none. */
  @Nullable Long number(String name) {
    String value = text(name);
    if (value.isEmpty()) {
      return null;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw StatusException.badRequest(
          "strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
    }
  }

  /** A number, or this where it is not given. */
  long number(String name, long otherwise) {
    Long value = number(name);
    return value == null ? otherwise : value;
  }

  /** The bound of a request, null where it is not given. */
  @Nullable Duration timeout() {
    String value = text("timeout");
    if (value.isEmpty()) {
      return null;
    }
    Duration duration = GoDuration.parse(value);
    if (duration == null) {
      throw StatusException.badRequest(
          "invalid timeout specified in the request URL - time: invalid duration \""
              + value
              + "\"");
    }
    return duration;
  }
}
