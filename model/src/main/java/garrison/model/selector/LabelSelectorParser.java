package garrison.model.selector;

import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import garrison.model.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the text form of a label selector, one token ahead (spec: api-server 8.3). What it says
 * about a malformed one, word by word and comma by comma, is what upstream's parser says.
 */
final class LabelSelectorParser {
  private static final String PUNCTUATION = "=!(),<>";
  private static final Set<String> SYMBOLS = Set.of("=", "==", "!", "!=", "(", ")", ",", "<", ">");
  private static final String IN_REQUIREMENT = "unable to parse requirement: ";

  private final String text;
  private int at;

  LabelSelectorParser(String text) {
    this.text = text;
  }

  List<Requirement> parse() {
    List<Requirement> requirements = new ArrayList<>();
    String token = peek();
    if (token.isEmpty()) {
      return requirements;
    }
    if (!startsRequirement(token)) {
      throw found(token, ", expected: !, identifier, or 'end of string'");
    }
    while (true) {
      requirements.add(requirement());
      String separator = next();
      if (separator.isEmpty()) {
        return requirements;
      }
      if (!separator.equals(",")) {
        throw found(separator, ", expected: ',' or 'end of string'");
      }
      if (!startsRequirement(peek())) {
        throw found(peek(), ", expected: identifier after ','");
      }
    }
  }

  private static boolean startsRequirement(String token) {
    return token.equals("!") || isIdentifier(token);
  }

  private Requirement requirement() {
    try {
      String first = next();
      boolean negated = first.equals("!");
      String key = negated ? next() : first;
      if (!isIdentifier(key)) {
        throw found(key, ", expected: identifier");
      }
      List<String> wrong = Formats.qualifiedName(key);
      if (!wrong.isEmpty()) {
        throw new SelectorException(invalid("<nil>", key, wrong));
      }
      if (negated) {
        return new Requirement(key, Operator.DOES_NOT_EXIST, List.of());
      }
      String following = peek();
      if (following.isEmpty() || following.equals(",")) {
        return new Requirement(key, Operator.EXISTS, List.of());
      }
      Operator operator = operator(next());
      List<String> values =
          operator == Operator.IN || operator == Operator.NOT_IN ? values() : List.of(value());
      check(key, operator, values);
      return new Requirement(key, operator, values);
    } catch (SelectorException e) {
      throw new SelectorException(IN_REQUIREMENT + e.getMessage());
    }
  }

  private static Operator operator(String token) {
    return switch (token) {
      case "in" -> Operator.IN;
      case "notin" -> Operator.NOT_IN;
      case "=", "==" -> Operator.EQUALS;
      case "!=" -> Operator.NOT_EQUALS;
      case ">" -> Operator.GREATER_THAN;
      case "<" -> Operator.LESS_THAN;
      default -> throw found(token, ", expected: in, notin, =, ==, !=, gt, lt");
    };
  }

  private String value() {
    String token = peek();
    if (token.isEmpty() || token.equals(",")) {
      return "";
    }
    next();
    if (!isIdentifier(token)) {
      throw found(token, ", expected: identifier");
    }
    return token;
  }

  /** The values between parentheses, sorted, each once; {@code ()} holds the empty one. */
  private List<String> values() {
    String open = next();
    if (!open.equals("(")) {
      throw found(open, " expected: '('");
    }
    String first = peek();
    if (!isIdentifier(first) && !first.equals(",") && !first.equals(")")) {
      throw found(first, ", expected: ',', ')' or identifier");
    }
    TreeSet<String> values = new TreeSet<>();
    boolean wanted = true;
    for (String token = next(); !token.equals(")"); token = next()) {
      if (token.equals(",")) {
        if (wanted) {
          values.add("");
        }
        wanted = true;
      } else if (!wanted) {
        throw found(token, ", expected: ',' or ')'");
      } else if (isIdentifier(token)) {
        values.add(token);
        wanted = false;
      } else {
        throw found(token, ", expected: ',', or identifier");
      }
    }
    if (wanted) {
      values.add("");
    }
    return List.copyOf(values);
  }

  private static void check(String key, Operator operator, List<String> values) {
    Set<String> errors = new LinkedHashSet<>();
    if (operator == Operator.GREATER_THAN || operator == Operator.LESS_THAN) {
      String value = values.getFirst();
      try {
        Long.parseLong(value);
      } catch (NumberFormatException e) {
        errors.add(
            invalid(
                "values[0]",
                value,
                List.of("for 'Gt', 'Lt' operators, the value must be an integer")));
      }
    }
    for (int i = 0; i < values.size(); i++) {
      List<String> wrong = Formats.labelValue(values.get(i));
      if (!wrong.isEmpty()) {
        errors.add(invalid("values[" + i + "][" + key + "]", values.get(i), wrong));
      }
    }
    if (!errors.isEmpty()) {
      String all = String.join(", ", errors);
      throw new SelectorException(errors.size() == 1 ? all : "[" + all + "]");
    }
  }

  private static String invalid(String field, String value, List<String> why) {
    return field + ": Invalid value: " + GoValue.of(value) + ": " + String.join("; ", why);
  }

  private static SelectorException found(String token, String expected) {
    return new SelectorException("found '" + token + "'" + expected);
  }

  private static boolean isIdentifier(String token) {
    return !token.isEmpty() && PUNCTUATION.indexOf(token.charAt(0)) < 0;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private String peek() {
    int mark = at;
    String token = next();
    at = mark;
    return token;
  }

  /** The next token, empty at the end. */
  private String next() {
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    int start = at;
    if (start == text.length()) {
      return "";
    }
    if (PUNCTUATION.indexOf(text.charAt(start)) >= 0) {
      at += at + 2 <= text.length() && SYMBOLS.contains(text.substring(at, at + 2)) ? 2 : 1;
      return text.substring(start, at);
    }
    while (at < text.length()
        && !isBlank(text.charAt(at))
        && PUNCTUATION.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }
}
