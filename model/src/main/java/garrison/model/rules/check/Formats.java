package garrison.model.rules.check;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * The formats of names and small values. Each answers what is wrong with a text, in upstream's
 * words; an empty list where nothing is. They scan by hand: a text may be megabytes long, and
 * Java's regular expressions recurse. Pure.
 */
public final class Formats {
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
  private static final String NAME_PART = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String NAME_PART_WORDS =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character";

  private Formats() {}

  /** A DNS label of RFC 1123: 63 characters. */
  public static List<String> dnsLabel(String value) {
    List<String> wrong = new ArrayList<>();
    characters(value, 63, wrong);
    if (!isDnsLabel(value)) {
      wrong.add(
          isSubdomain(value)
              ? "must not contain dots"
              : pattern(
                  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters"
                      + " or '-', and must start and end with an alphanumeric character",
                  LABEL,
                  "my-name",
                  "123-abc"));
    }
    return wrong;
  }

  /** A DNS subdomain of RFC 1123: 253 characters. */
  public static List<String> subdomain(String value) {
    List<String> wrong = new ArrayList<>();
    characters(value, 253, wrong);
    if (!isSubdomain(value)) {
      wrong.add(
          pattern(
              "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                  + " '-' or '.', and must start and end with an alphanumeric character",
              SUBDOMAIN,
              "example.com"));
    }
    return wrong;
  }

  /** The same, with underscores, as DNS search paths may have them. */
  public static List<String> subdomainWithUnderscore(String value) {
    String label = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
    List<String> wrong = new ArrayList<>();
    characters(value, 253, wrong);
    boolean right = true;
    for (String part : value.split("\\.", -1)) {
      String body = part.startsWith("_") ? part.substring(1) : part;
      right &= framed(body, Formats::lowerOrDigit, c -> lowerOrDigit(c) || c == '-' || c == '_');
    }
    if (!right) {
      wrong.add(
          pattern(
              "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                  + " '_', '-' or '.', and must start and end with an alphanumeric character",
              label + "(\\." + label + ")*",
              "example.com"));
    }
    return wrong;
  }

  /** The key of a label: a name of 63 bytes, with a DNS subdomain and a slash before it or not. */
  public static List<String> qualifiedName(String value) {
    List<String> wrong = new ArrayList<>();
    String[] parts = value.split("/", -1);
    if (parts.length > 2) {
      return List.of(
          "a valid label key "
              + pattern(NAME_PART_WORDS, NAME_PART, "MyName", "my.name", "123-abc")
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    if (parts.length == 2) {
      if (parts[0].isEmpty()) {
        wrong.add("prefix part must be non-empty");
      } else {
        for (String why : subdomain(parts[0])) {
          wrong.add(
              "prefix part "
                  + why.replace("no more than 253 characters", "no more than 253 bytes"));
        }
      }
    }
    String name = parts[parts.length - 1];
    if (name.isEmpty()) {
      wrong.add("name part must be non-empty");
    } else if (bytes(name) > 63) {
      wrong.add("name part must be no more than 63 bytes");
    }
    if (!isNamePart(name)) {
      wrong.add("name part " + pattern(NAME_PART_WORDS, NAME_PART, "MyName", "my.name", "123-abc"));
    }
    return wrong;
  }

  /** The value of a label: empty, or 63 bytes. */
  public static List<String> labelValue(String value) {
    List<String> wrong = new ArrayList<>();
    if (bytes(value) > 63) {
      wrong.add("must be no more than 63 bytes");
    }
    if (!value.isEmpty() && !isNamePart(value)) {
      wrong.add(
          pattern(
              "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                  + " '_' or '.', and must start and end with an alphanumeric character",
              "(" + NAME_PART + ")?",
              "MyValue",
              "my_value",
              "12345"));
    }
    return wrong;
  }

  /** A name that may stand in a URL between two slashes. */
  public static List<String> pathSegment(String value) {
    if (value.equals(".") || value.equals("..")) {
      return List.of("may not be '" + value + "'");
    }
    List<String> wrong = new ArrayList<>();
    for (String bad : List.of("/", "%")) {
      if (value.contains(bad)) {
        wrong.add("may not contain '" + bad + "'");
      }
    }
    return wrong;
  }

  /** The name of an environment variable. */
  public static List<String> environmentName(String value) {
    if (value.isEmpty()) {
      return List.of("environment variable name must be non-empty");
    }
    return value.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '=')
        ? List.of()
        : List.of(
            "a valid environment variable name must consist only of printable ASCII characters"
                + " other than '='");
  }

  /** The key of a ConfigMap or Secret: 253 characters. */
  public static List<String> configKey(String value) {
    List<String> wrong = new ArrayList<>();
    characters(value, 253, wrong);
    if (value.isEmpty() || !value.chars().allMatch(Formats::nameCharacter)) {
      wrong.add(
          pattern(
              "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
              "[-._a-zA-Z0-9]+",
              "key.name",
              "KEY_NAME",
              "key-name"));
    }
    if (value.equals(".")) {
      wrong.add("must not be '.'");
    } else if (value.equals("..")) {
      wrong.add("must not be '..'");
    } else if (value.startsWith("..")) {
      wrong.add("must not start with '..'");
    }
    return wrong;
  }

  /** The name of a port, as IANA has service names: 15 characters. */
  public static List<String> portName(String value) {
    List<String> wrong = new ArrayList<>();
    characters(value, 15, wrong);
    if (value.isEmpty() || !value.chars().allMatch(c -> lowerOrDigit(c) || c == '-')) {
      wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if (value.chars().noneMatch(c -> c >= 'a' && c <= 'z')) {
      wrong.add("must contain at least one letter (a-z)");
    }
    if (value.contains("--")) {
      wrong.add("must not contain consecutive hyphens");
    }
    if (value.startsWith("-") || value.endsWith("-")) {
      wrong.add("must not begin or end with a hyphen");
    }
    return wrong;
  }

  /** The number of a port. */
  public static List<String> portNumber(long port) {
    return inRange(port, 1, 65535);
  }

  /** The number of a user or a group. */
  public static List<String> userId(long id) {
    return inRange(id, 0, Integer.MAX_VALUE);
  }

  /** A number between two others, both allowed. */
  public static List<String> inRange(long value, long least, long most) {
    return value >= least && value <= most
        ? List.of()
        : List.of("must be between " + least + " and " + most + ", inclusive");
  }

  /** A percentage, such as {@code 10%}. */
  public static List<String> percent(String value) {
    boolean right =
        value.length() > 1
            && value.endsWith("%")
            && value.chars().limit(value.length() - 1L).allMatch(c -> c >= '0' && c <= '9');
    return right
        ? List.of()
        : List.of(
            pattern(
                "a valid percent string must be a numeric string followed by an ending '%'",
                "[0-9]+%", "1%", "93%"));
  }

  /** The name of an HTTP header. */
  public static List<String> headerName(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> letterOrDigit(c) || c == '-')
        ? List.of()
        : List.of(
            pattern(
                "a valid HTTP header must consist of alphanumeric characters or '-'",
                "[-A-Za-z0-9]+",
                "X-Header-Name"));
  }

  /** What a prefix of generated names stands for: a trailing dash is as good as a letter. */
  public static String maskTrailingDash(String prefix) {
    return prefix.length() > 1 && prefix.endsWith("-")
        ? prefix.substring(0, prefix.length() - 2) + "a"
        : prefix;
  }

  /** Length in UTF-8, which is what limits count. */
  public static int bytes(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A text in lower case, whatever the language of the machine. */
  public static String lower(String value) {
    return value.toLowerCase(Locale.ROOT);
  }

  private static void characters(String value, int limit, List<String> wrong) {
    if (bytes(value) > limit) {
      wrong.add("must be no more than " + limit + " characters");
    }
  }

  private static String pattern(String words, String pattern, String... examples) {
    StringBuilder text = new StringBuilder(words).append(" (e.g. ");
    for (int i = 0; i < examples.length; i++) {
      // The blank after the comma and the one before "or" are both upstream's.
      text.append(i > 0 ? " or " : "").append('\'').append(examples[i]).append("', ");
    }
    return text.append("regex used for validation is '").append(pattern).append("')").toString();
  }

  private static boolean isDnsLabel(String value) {
    return framed(value, Formats::lowerOrDigit, c -> lowerOrDigit(c) || c == '-');
  }

  private static boolean isSubdomain(String value) {
    int start = 0;
    while (true) {
      int dot = value.indexOf('.', start);
      if (!isDnsLabel(value.substring(start, dot < 0 ? value.length() : dot))) {
        return false;
      }
      if (dot < 0) {
        return true;
      }
      start = dot + 1;
    }
  }

  private static boolean isNamePart(String value) {
    return framed(value, Formats::letterOrDigit, Formats::nameCharacter);
  }

  /** Not empty, one kind of characters at both ends and another between them. */
  private static boolean framed(String value, IntPredicate ends, IntPredicate between) {
    return !value.isEmpty()
        && ends.test(value.charAt(0))
        && ends.test(value.charAt(value.length() - 1))
        && value.chars().allMatch(between);
  }

  private static boolean lowerOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static boolean letterOrDigit(int c) {
    return lowerOrDigit(c) || (c >= 'A' && c <= 'Z');
  }

  private static boolean nameCharacter(int c) {
    return letterOrDigit(c) || c == '-' || c == '_' || c == '.';
  }
}
