package garrison.apiserver.http;

import garrison.model.StatusException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a path below {@code /api} or {@code /apis} names, by its form alone (spec: api-server 8.1).
 * Whether there is such a resource is another question.
 *
 * @param group API group
 * @param version API version
 * @param namespace empty for the cluster scope
 * @param resource plural name
 * @param name empty for the collection
 * @param subresource empty for the object itself
 * @param rest what follows a subresource, such as the path of a proxy
 */
record Target(
    String group,
    String version,
    String namespace,
    String resource,
    String name,
    String subresource,
    String rest) {

  /** Reads a path; null where it names no resource. */
  static @Nullable Target parse(String path) {
    List<String> parts = split(path);
    if (parts.isEmpty()) {
      return null;
    }
    int at;
    String group;
    if (parts.getFirst().equals("api")) {
      group = "";
      at = 1;
    } else if (parts.getFirst().equals("apis") && parts.size() > 1) {
      group = parts.get(1);
      at = 2;
    } else {
      return null;
    }
    if (parts.size() < at + 2) {
      return null;
    }
    String version = parts.get(at);
    List<String> rest = parts.subList(at + 1, parts.size());
    if (rest.getFirst().equals("namespaces")
        && rest.size() > 2
        && !(rest.size() == 3 && group.isEmpty() && ofNamespace(rest.get(2)))) {
      return of(group, version, rest.get(1), rest.subList(2, rest.size()));
    }
    return of(group, version, "", rest);
  }

  private static Target of(String group, String version, String namespace, List<String> rest) {
    return new Target(
        group,
        version,
        namespace,
        rest.getFirst(),
        rest.size() > 1 ? rest.get(1) : "",
        rest.size() > 2 ? rest.get(2) : "",
        rest.size() > 3 ? String.join("/", rest.subList(3, rest.size())) : "");
  }

  /** The subresources of namespaces, which stand where else a resource would. */
  private static boolean ofNamespace(String part) {
    return part.equals("status") || part.equals("finalize");
  }

  /** The parts of a path, decoded; a slash at the end does not count. */
  static List<String> split(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/")) {
      if (!part.isEmpty()) {
        parts.add(decode(part));
      }
    }
    return parts;
  }

  private static String decode(String part) {
    if (part.indexOf('%') < 0) {
      return part;
    }
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw StatusException.badRequest("invalid URL escape in the path: " + part);
    }
  }

  /** Refuses names that are no path segment (400). */
  void checkName() {
    if (name.equals(".") || name.equals("..")) {
      throw StatusException.badRequest(
          "Name parameter invalid: \"" + name + "\": may not be '" + name + "'");
    }
    for (char bad : new char[] {'/', '%'}) {
      if (name.indexOf(bad) >= 0) {
        throw StatusException.badRequest(
            "Name parameter invalid: \"" + name + "\": may not contain '" + bad + "'");
      }
    }
  }
}
