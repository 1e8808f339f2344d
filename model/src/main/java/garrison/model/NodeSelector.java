package garrison.model;

import garrison.model.rules.check.Formats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The required terms of a node affinity (spec: daemonset 2.2): any of the terms must match, within
 * a term everything must. Immutable.
 *
 * @param terms in the order of the document
 */
public record NodeSelector(List<Term> terms) {
  /**
   * One term.
   *
   * @param expressions over labels
   * @param fields over {@code metadata.name}
   * @param error why the term can never match, null where it can be read
   */
  public record Term(
      List<Expression> expressions, List<Expression> fields, @Nullable String error) {
    /** Whether a node matches: never where the term is empty or cannot be read. */
    boolean matches(Map<String, String> labels, String nodeName) {
      if (error != null || (expressions.isEmpty() && fields.isEmpty())) {
        return false;
      }
      for (Expression expression : expressions) {
        if (!expression.matches(labels.get(expression.key))) {
          return false;
        }
      }
      for (Expression field : fields) {
        if (!field.matches(field.key.equals("metadata.name") ? nodeName : "")) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * One comparison.
   *
   * @param key label, or field
   * @param operator In, NotIn, Exists, DoesNotExist, Gt or Lt
   * @param values what with
   */
  public record Expression(String key, String operator, List<String> values) {
    boolean matches(@Nullable String actual) {
      return switch (operator) {
        case "In" -> actual != null && values.contains(actual);
        case "NotIn" -> actual == null || !values.contains(actual);
        case "Exists" -> actual != null;
        case "DoesNotExist" -> actual == null;
        case "Gt" -> actual != null && compare(actual) > 0;
        case "Lt" -> actual != null && compare(actual) < 0;
        default -> false;
      };
    }

    private int compare(String actual) {
      try {
        return Long.compare(Long.parseLong(actual), Long.parseLong(values.getFirst()));
      } catch (NumberFormatException e) {
        return 0;
      }
    }

    /** Why it cannot be read, null where it can. */
    private @Nullable String error(boolean field) {
      int count = values.size();
      switch (operator) {
        case "In", "NotIn" -> {
          if (field && count != 1) {
            return "a field is compared with exactly one value, not " + count;
          }
          if (count == 0) {
            return "for 'In', 'NotIn' operators, values set can't be empty";
          }
        }
        case "Exists", "DoesNotExist" -> {
          if (field) {
            return "not a valid selector operator: " + operator;
          }
          if (count != 0) {
            return "values set must be empty for exists and does not exist";
          }
        }
        case "Gt", "Lt" -> {
          if (field) {
            return "not a valid selector operator: " + operator;
          }
          if (count != 1) {
            return "for 'Gt', 'Lt' operators, exactly one value is required";
          }
          try {
            Long.parseLong(values.getFirst());
          } catch (NumberFormatException e) {
            return "for 'Gt', 'Lt' operators, the value must be an integer";
          }
        }
        default -> {
          return "not a valid selector operator: " + operator;
        }
      }
      if (!field) {
        if (!Formats.qualifiedName(key).isEmpty()) {
          return "invalid label key: " + key;
        }
        for (String value : values) {
          if (!Formats.labelValue(value).isEmpty()) {
            return "invalid label value: " + value;
          }
        }
      }
      return null;
    }
  }

  /** Reads a {@code NodeSelector} document; one that is absent has no terms. */
  public static NodeSelector of(JsonNode selector) {
    return new NodeSelector(Fields.list(selector.path("nodeSelectorTerms"), NodeSelector::term));
  }

  private static Term term(JsonNode term) {
    List<Expression> expressions =
        Fields.list(term.path("matchExpressions"), NodeSelector::expression);
    List<Expression> fields = Fields.list(term.path("matchFields"), NodeSelector::expression);
    List<String> errors = new ArrayList<>(0);
    for (Expression expression : expressions) {
      String error = expression.error(false);
      if (error != null) {
        errors.add(error);
      }
    }
    for (Expression field : fields) {
      String error = field.error(true);
      if (error != null) {
        errors.add(error);
      }
    }
    return new Term(expressions, fields, errors.isEmpty() ? null : String.join("; ", errors));
  }

  private static Expression expression(JsonNode expression) {
    return new Expression(
        Fields.text(expression, "key"),
        Fields.text(expression, "operator"),
        Fields.list(expression.path("values"), value -> value.asString("")));
  }

  /** Whether any term matches; with no term, none does. */
  public boolean matches(Map<String, String> labels, String nodeName) {
    for (Term term : terms) {
      if (term.matches(labels, nodeName)) {
        return true;
      }
    }
    return false;
  }
}
