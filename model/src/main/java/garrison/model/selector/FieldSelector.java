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
    List<String> parts = split(text);
    parts.sort(null);
    for (String part : parts) {
      if (!part.isEmpty()) {
        Term term = term(text, part);
        // Upstream takes a term that says nothing for no term.
        if (!term.path.isEmpty() || !term.value.isEmpty()) {
          terms.add(term);
        }
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

  /** The first operator splits it; there are no escapes before that. */
  private static Term term(String whole, String part) {
    for (int i = 0; i < part.length(); i++) {
      String path = part.substring(0, i);
      if (part.startsWith("!=", i)) {
        return new Term(path, false, unescape(part.substring(i + 2)));
      }
      if (part.charAt(i) == '=') {
        int operator = part.startsWith("==", i) ? 2 : 1;
        return new Term(path, true, unescape(part.substring(i + operator)));
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
          String escaped = i == value.length() ? "" : Character.toString(value.codePointAt(i));
          throw new SelectorException(
              "invalid field selector: invalid escape sequence: \\" + escaped);
        }
        plain.append(value.charAt(i));
      } else if (c == ',' || c == '=') {
        // Upstream names the character by its number.
        throw new SelectorException(
            "invalid field selector: unescaped character in value: " + (int) c);
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
      boolean plain = kind.selectableFields().isEmpty();
      boolean known =
          switch (term.path) {
            case "metadata.name" -> true;
            case "metadata.namespace" -> plain || kind.namespaced();
            default -> kind.selectableFields().contains(term.path);
          };
      if (!known) {
        throw new SelectorException(
            plain
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

  /**
   * The text of a field by its dotted path; empty where it is absent, and always for {@code
   * status.podIPs}, by which upstream lets clients select but never finds anything.
   */
  public static String valueAt(ObjectNode document, String path) {
    return switch (path) {
      case "status.podIPs" -> "";
      case "spec.host" -> read(document, "spec.nodeName");
      // Booleans that are false are not stored, yet select as "false".
      case "spec.unschedulable", "spec.hostNetwork" -> orElse(read(document, path), "false");
      case "source" ->
          orElse(read(document, "source.component"), read(document, "reportingComponent"));
      default -> read(document, path);
    };
  }

  private static String orElse(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  private static String read(ObjectNode document, String path) {
    JsonNode node = document;
    int start = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', start)) {
      node = node.path(path.substring(start, dot));
      start = dot + 1;
    }
    JsonNode value = node.path(path.substring(start));
    return value.isValueNode() && !value.isNull() ? value.asString() : "";
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
