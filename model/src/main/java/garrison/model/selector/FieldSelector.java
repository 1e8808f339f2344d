package garrison.model.selector;

import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Picks objects by the value of some of their fields (spec: api-server 8.4). A field that an object
 * lacks compares as the empty text. Immutable.
 */
public final class FieldSelector {
  /** Picks everything. */
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  private final List<Term> terms;

  /**
   * One condition.
   *
   * @param path dotted path, such as {@code spec.nodeName}
   * @param equal whether the field must have the value, or must not
   * @param value compared as text
   */
  public record Term(String path, boolean equal, String value) {}

  private FieldSelector(List<Term> terms) {
    this.terms = terms;
  }

  /**
   * Reads the text form.
   *
   * @throws SelectorException with upstream's sentence where it is malformed
   */
  public static FieldSelector parse(String text) {
    if (text.isEmpty()) {
      return EVERYTHING;
    }
    List<Term> terms = new ArrayList<>();
    for (String part : split(text)) {
      if (!part.isEmpty()) {
        terms.add(term(text, part));
      }
    }
    return new FieldSelector(List.copyOf(terms));
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ',') {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Term term(String whole, String part) {
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c == '\\') {
        i++;
      } else if (part.startsWith("!=", i)) {
        return new Term(part.substring(0, i), false, unescape(part.substring(i + 2)));
      } else if (part.startsWith("==", i)) {
        return new Term(part.substring(0, i), true, unescape(part.substring(i + 2)));
      } else if (c == '=') {
        return new Term(part.substring(0, i), true, unescape(part.substring(i + 1)));
      }
    }
    throw new SelectorException(
        "invalid selector: '" + whole + "'; can't understand '" + part + "'");
  }

  private static String unescape(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        i++;
        if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
          throw new SelectorException(
              "invalid field selector: invalid escape sequence: "
                  + (i == value.length() ? "\\" : "\\" + value.charAt(i)));
        }
        plain.append(value.charAt(i));
      } else if (c == ',' || c == '=') {
        throw new SelectorException(
            "invalid field selector: unescaped character in value: " + value);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /**
   * Checks that the kind knows all fields named.
   *
   * @throws SelectorException with upstream's sentence for the first that it does not
   */
  public void checkSupported(Kind kind) {
    for (Term term : terms) {
      boolean known =
          term.path.equals("metadata.name")
              || (kind.namespaced() && term.path.equals("metadata.namespace"))
              || kind.selectableFields().contains(term.path);
      if (!known) {
        throw new SelectorException(
            kind.selectableFields().isEmpty()
                ? "\""
                    + term.path
                    + "\" is not a known field selector: only \"metadata.name\","
                    + " \"metadata.namespace\""
                : "field label not supported: " + term.path);
      }
    }
  }

  /** Whether it picks this object. */
  public boolean matches(ObjectNode document) {
    for (Term term : terms) {
      if (valueAt(document, term.path).equals(term.value) != term.equal) {
        return false;
      }
    }
    return true;
  }

  /** The text of a field by its dotted path; empty where it is absent. */
  public static String valueAt(ObjectNode document, String path) {
    String read =
        switch (path) {
          case "source" -> "source.component";
          case "spec.host" -> "spec.nodeName";
          default -> path;
        };
    JsonNode node = document;
    int start = 0;
    for (int dot = read.indexOf('.'); dot >= 0; dot = read.indexOf('.', start)) {
      node = node.path(read.substring(start, dot));
      start = dot + 1;
    }
    JsonNode value = node.path(read.substring(start));
    if (path.equals("status.podIPs") && value.isArray()) {
      List<String> ips = new ArrayList<>();
      value.forEach(ip -> ips.add(ip.path("ip").asString("")));
      return String.join(",", ips);
    }
    if (value.isMissingNode() || value.isNull()) {
      // Booleans that are false are not stored, yet select as "false".
      return path.equals("spec.unschedulable") || path.equals("spec.hostNetwork") ? "false" : "";
    }
    return value.isString() ? value.stringValue() : value.asString("");
  }

  /** The value that a field must have exactly, null where the selector does not say. */
  public @Nullable String exact(String path) {
    for (Term term : terms) {
      if (term.equal && term.path.equals(path)) {
        return term.value;
      }
    }
    return null;
  }

  /** Whether it picks everything. */
  public boolean isEmpty() {
    return terms.isEmpty();
  }

  /** Its conditions, as they were written. */
  public List<Term> terms() {
    return terms;
  }
}
