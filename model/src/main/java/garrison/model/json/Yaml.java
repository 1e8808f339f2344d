package garrison.model.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  private Yaml() {}

  /**
   * All documents of a stream, empty ones as null nodes. Of a key that stands twice the last one
   * counts.
   *
   * @throws MalformedException where it is no YAML
   */
  public static List<JsonNode> documents(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setMaxAliasesForCollections(100)
            .build();
    List<JsonNode> documents = new ArrayList<>();
    try {
      for (Node node : new Compose(settings).composeAllFromString(text)) {
        documents.add(convert(node));
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

  private static JsonNode convert(Node node) {
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new MalformedException("a key is no scalar");
          }
          if (key.isPlain() && key.getValue().equals("<<")) {
            merge(object, convert(tuple.getValueNode()));
          } else {
            object.set(key.getValue(), convert(tuple.getValueNode()));
          }
        }
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        sequence.getValue().forEach(element -> array.add(convert(element)));
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new MalformedException("a node of an unknown form");
    };
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
      return JsonNodeFactory.instance.numberNode(new BigDecimal(plain));
    }
    return JsonNodeFactory.instance.stringNode(text);
  }

  private static JsonNode integer(String digits, int radix) {
    BigInteger value = new BigInteger(digits, radix);
    return value.bitLength() < 64
        ? JsonNodeFactory.instance.numberNode(value.longValue())
        : JsonNodeFactory.instance.numberNode(value);
  }
}
