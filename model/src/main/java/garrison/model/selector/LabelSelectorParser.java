package garrison.model.selector;

import garrison.model.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads the text form of a label selector, one token ahead (spec: api-server 8.3). */
final class LabelSelectorParser {
  private static final Set<String> OPERATORS =
      Set.of("in", "notin", "=", "==", "!=", ">", "<", "gt", "lt");
  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Pattern PREFIX =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final String VALUE_RULE =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or"
          + " '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
          + " 'my_value',  or '12345', regex used for validation is"
          + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  private static final String NAME_RULE =
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end"
          + " with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex"
          + " used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

  private final String text;
  private int at;

  LabelSelectorParser(String text) {
    this.text = text;
  }

  List<Requirement> parse() {
    List<Requirement> requirements = new ArrayList<>();
    while (true) {
      String token = peek();
      if (token.isEmpty() || token.equals(",") && requirements.isEmpty()) {
        throw found(token, "!, identifier, or 'end of string'");
      }
      if (!token.equals("!") && isPunctuation(token)) {
        throw found(token, "!, identifier, or 'end of string'");
      }
      requirements.add(requirement());
      String separator = next();
      if (separator.isEmpty()) {
        return requirements;
      }
      if (!separator.equals(",")) {
        throw found(separator, "',' or 'end of string'");
      }
      String following = peek();
      if (following.isEmpty() || !following.equals("!") && isPunctuation(following)) {
        throw new SelectorException("found '" + following + "', expected: identifier after ','");
      }
    }
  }

  private Requirement requirement() {
    String first = next();
    boolean negated = first.equals("!");
    String key = negated ? next() : first;
    if (key.isEmpty() || isPunctuation(key)) {
      throw unparsable(found(key, "identifier"));
    }
    checkKey(key);
    String following = peek();
    if (negated) {
      return new Requirement(key, Operator.DOES_NOT_EXIST, List.of());
    }
    if (following.isEmpty() || following.equals(",")) {
      return new Requirement(key, Operator.EXISTS, List.of());
    }
    String operator = next();
    if (!OPERATORS.contains(operator)) {
      throw unparsable(found(operator, "in, notin, =, ==, !=, gt, lt"));
    }
    return switch (operator) {
      case "in" -> new Requirement(key, Operator.IN, values(key));
      case "notin" -> new Requirement(key, Operator.NOT_IN, values(key));
      case "!=" -> new Requirement(key, Operator.NOT_EQUALS, List.of(value(key)));
      case ">", "gt" -> new Requirement(key, Operator.GREATER_THAN, List.of(integer(key)));
      case "<", "lt" -> new Requirement(key, Operator.LESS_THAN, List.of(integer(key)));
      default -> new Requirement(key, Operator.EQUALS, List.of(value(key)));
    };
  }

  private String value(String key) {
    String token = peek();
    if (token.isEmpty() || token.equals(",")) {
      return "";
    }
    next();
    if (isPunctuation(token)) {
      throw unparsable(found(token, "identifier"));
    }
    return checked(key, token);
  }

  private String integer(String key) {
    String value = value(key);
    try {
      Long.parseLong(value);
      return value;
    } catch (NumberFormatException e) {
      throw new SelectorException(
          "unable to parse requirement: values[0]["
              + key
              + "]: Invalid value: \""
              + value
              + "\": for 'Gt', 'Lt' operators, the value must be an integer");
    }
  }

  private List<String> values(String key) {
    String open = next();
    if (!open.equals("(")) {
      throw unparsable(found(open, "'('"));
    }
    TreeSet<String> values = new TreeSet<>();
    boolean wanted = true;
    while (true) {
      String token = next();
      if (token.equals(")")) {
        if (wanted) {
          values.add("");
        }
        return List.copyOf(values);
      }
      if (token.equals(",")) {
        if (wanted) {
          values.add("");
        }
        wanted = true;
      } else if (token.isEmpty() || isPunctuation(token) || !wanted) {
        throw unparsable(found(token, "',', ')' or identifier"));
      } else {
        values.add(checked(key, token));
        wanted = false;
      }
    }
  }

  private static String checked(String key, String value) {
    if (value.length() > 63) {
      throw invalid("values[0][" + key + "]", value, "must be no more than 63 bytes");
    }
    if (!value.isEmpty() && !NAME.matcher(value).matches()) {
      throw invalid("values[0][" + key + "]", value, VALUE_RULE);
    }
    return value;
  }

  private static void checkKey(String key) {
    int slash = key.indexOf('/');
    String name = key.substring(slash + 1);
    if (slash >= 0 && (!PREFIX.matcher(key.substring(0, slash)).matches() || slash > 253)) {
      throw invalid(
          "key",
          key,
          "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
              + " characters, '-' or '.', and must start and end with an alphanumeric character"
              + " (e.g. 'example.com', regex used for validation is"
              + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    }
    if (name.length() > 63) {
      throw invalid("key", key, "name part must be no more than 63 bytes");
    }
    if (!NAME.matcher(name).matches()) {
      throw invalid("key", key, NAME_RULE);
    }
  }

  private static SelectorException invalid(String field, String value, String why) {
    return new SelectorException(
        "unable to parse requirement: " + field + ": Invalid value: \"" + value + "\": " + why);
  }

  private static SelectorException found(String token, String expected) {
    return new SelectorException("found '" + token + "', expected: " + expected);
  }

  private static SelectorException unparsable(SelectorException cause) {
    return new SelectorException("unable to parse requirement: " + cause.getMessage());
  }

  private static boolean isPunctuation(String token) {
    return token.length() <= 2
        && "(),!==!=><".contains(token)
        && !token.isEmpty()
        && !Character.isLetterOrDigit(token.charAt(0));
  }

  private String peek() {
    int mark = at;
    String token = next();
    at = mark;
    return token;
  }

  /** The next token, empty at the end. */
  private String next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return "";
    }
    int start = at;
    char first = text.charAt(at++);
    switch (first) {
      case '(', ')', ',' -> {
        return String.valueOf(first);
      }
      case '=', '!', '<', '>' -> {
        if (at < text.length() && text.charAt(at) == '=' && (first == '=' || first == '!')) {
          at++;
        }
        return text.substring(start, at);
      }
      default -> {
        while (at < text.length()
            && !Character.isWhitespace(text.charAt(at))
            && "(),=!<>".indexOf(text.charAt(at)) < 0) {
          at++;
        }
        return text.substring(start, at);
      }
    }
  }
}
