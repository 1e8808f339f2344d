package garrison.model.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads YAML as Kubernetes does: the scalars of YAML 1.1, in which {@code yes} and {@code on} are
 * true and {@code 0640} is octal (spec: api-server 5.2). Thread-safe.
 */
public final class Yaml {
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
  private static final Pattern OCTAL = Pattern.compile("[-+]?0o?[0-7_]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("[-+]?0x[0-9a-fA-F_]+");
  private static final Pattern BINARY = Pattern.compile("[-+]?0b[01_]+");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /** Longer numbers are written with an exponent by Go. */
  private static final int WHOLE_DIGITS = 21;

  /** YAML that cannot be read; the message says where and why, in one line. */
  public static final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message, Throwable cause) {
      super(message, cause);
    }

    MalformedException(String message) {
      super(message);
    }
  }

  private final Consumer<String> repeated;

  /** Mappings whose repeated keys are told already: an alias shows a mapping again. */
  private final Set<Node> told = Collections.newSetFromMap(new IdentityHashMap<>());

  private Yaml(Consumer<String> repeated) {
    this.repeated = repeated;
  }

  /**
   * All documents of a stream, empty ones as null nodes. Of a key that stands twice the last one
   * counts.
   *
   * @throws MalformedException where it is no YAML, or too deep, or too large once its aliases are
   *     written out
   */
  public static List<JsonNode> documents(String text) {
    return read(text, Integer.MAX_VALUE, repeated -> {});
  }

  /**
   * The first document of a stream, an empty object where there is none.
   *
   * @param repeated told of every key that stands twice, in the words of Go's reader: {@code line
   *     5: key "spec" already set in map}
   * @throws MalformedException where it is no YAML, or too deep, or too large once its aliases are
   *     written out
   */
  public static JsonNode first(String text, Consumer<String> repeated) {
    List<JsonNode> documents = read(text, 1, repeated);
    return documents.isEmpty() ? Json.object() : documents.getFirst();
  }

  private static List<JsonNode> read(String text, int most, Consumer<String> repeated) {
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(true)
            // Refused here, with their line.
            .setAllowNonScalarKeys(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setMaxAliasesForCollections(Integer.MAX_VALUE)
            .build();
    List<JsonNode> documents = new ArrayList<>();
    try {
      YamlBounds.check(settings, text);
      Iterator<Node> nodes = new Compose(settings).composeAllFromString(text).iterator();
      while (documents.size() < most && nodes.hasNext()) {
        documents.add(new Yaml(repeated).convert(nodes.next()));
      }
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
      throw new MalformedException(where + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new MalformedException(
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
    return documents;
  }

  private JsonNode convert(Node node) {
    return switch (node) {
      case MappingNode mapping -> mapping(mapping);
      case SequenceNode sequence -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        sequence.getValue().forEach(element -> array.add(convert(element)));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new MalformedException("a node of an unknown form");
    };
  }

  private ObjectNode mapping(MappingNode mapping) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Set<String> own = new HashSet<>();
    boolean first = told.add(mapping);
    for (NodeTuple tuple : mapping.getValue()) {
      JsonNode value = convert(tuple.getValueNode());
      if (tuple.getKeyNode() instanceof ScalarNode key && !scalar(key).isNull()) {
        if (key.isPlain() && key.getValue().equals("<<")) {
          merge(object, value);
          continue;
        }
        JsonNode read = scalar(key);
        // A key is text in JSON: what it means, but for fractions, whose spelling is kept.
        String name =
            read.isBoolean() || read.isInt() || read.isLong() ? read.asString() : key.getValue();
        if (!own.add(name) && first) {
          repeated.accept(
              line(tuple.getValueNode())
                  + "key "
                  + (read.isString() ? read : name)
                  + " already set in map");
        }
        object.set(name, value);
      } else {
        throw new MalformedException(
            line(tuple.getKeyNode()) + "a key must be text, a number or a boolean");
      }
    }
    return object;
  }

  private static String line(Node node) {
    return node.getStartMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
  }

  private static void merge(ObjectNode object, JsonNode merged) {
    if (merged instanceof ArrayNode several) {
      several.forEach(one -> merge(object, one));
    } else if (merged instanceof ObjectNode one) {
      one.properties().forEach(member -> object.putIfAbsent(member.getKey(), member.getValue()));
    }
  }

  private static JsonNode scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN || scalar.getTag().equals(Tag.BINARY)) {
      return nodes.stringNode(text);
    }
    switch (text) {
      case "", "~", "null", "Null", "NULL" -> {
        return nodes.nullNode();
      }
      case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y" -> {
        return nodes.booleanNode(true);
      }
      case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N" -> {
        return nodes.booleanNode(false);
      }
      default -> {
        return number(text);
      }
    }
  }

  private static JsonNode number(String text) {
    String plain = text.replace("_", "").toLowerCase(Locale.ROOT);
    if (INTEGER.matcher(text).matches()) {
      return integer(plain, 10);
    }
    if (HEXADECIMAL.matcher(text).matches()) {
      return integer(plain.replaceFirst("0x", ""), 16);
    }
    if (BINARY.matcher(text).matches()) {
      return integer(plain.replaceFirst("0b", ""), 2);
    }
    if (OCTAL.matcher(text).matches()) {
      return integer(plain.replaceFirst("0o?", ""), 8);
    }
    if (FLOAT.matcher(text).matches()) {
      return fraction(new BigDecimal(plain));
    }
    return JsonNodeFactory.instance.stringNode(text);
  }

  /** A fraction of nothing is an integer once it is JSON: {@code 1.0} is as good as {@code 1}. */
  private static JsonNode fraction(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    boolean whole =
        shortest.scale() <= 0 && shortest.precision() - shortest.scale() <= WHOLE_DIGITS;
    return whole
        ? integer(shortest.toBigIntegerExact())
        : JsonNodeFactory.instance.numberNode(value);
  }

  private static JsonNode integer(String digits, int radix) {
    return integer(new BigInteger(digits, radix));
  }

  private static JsonNode integer(BigInteger value) {
    return value.bitLength() < 64
        ? JsonNodeFactory.instance.numberNode(value.longValue())
        : JsonNodeFactory.instance.numberNode(value);
  }
}
