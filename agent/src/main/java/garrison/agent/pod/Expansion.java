package garrison.agent.pod;

import java.util.Collection;
import java.util.Map;
import java.util.function.UnaryOperator;

/** {@code $(VAR)} in commands, arguments and variables (spec: node-agent 3.10). Pure. */
final class Expansion {
  private Expansion() {}

  /** {@code $$} is a dollar; what is unknown or not closed stays as it stands. */
  static String expand(String text, Map<String, String> variables) {
    return expand(text, name -> variables.getOrDefault(name, "$(" + name + ")"));
  }

  /** The same, and every name that is unknown or empty goes into {@code missing}. */
  static String expand(String text, Map<String, String> variables, Collection<String> missing) {
    return expand(
        text,
        name -> {
          String value = variables.getOrDefault(name, "");
          if (value.isEmpty()) {
            missing.add(name);
          }
          return value;
        });
  }

  private static String expand(String text, UnaryOperator<String> variables) {
    StringBuilder result = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != '$' || at + 1 == text.length()) {
        result.append(c);
        at++;
      } else if (text.charAt(at + 1) == '$') {
        result.append('$');
        at += 2;
      } else if (text.charAt(at + 1) == '(') {
        int end = text.indexOf(')', at + 2);
        if (end < 0) {
          result.append("$(");
          at += 2;
        } else {
          String name = text.substring(at + 2, end);
          result.append(variables.apply(name));
          at = end + 1;
        }
      } else {
        result.append(c).append(text.charAt(at + 1));
        at += 2;
      }
    }
    return result.toString();
  }
}
