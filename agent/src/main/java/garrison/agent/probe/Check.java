package garrison.agent.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One way to ask a container, as probes and hooks name it. Immutable. */
public sealed interface Check {
  /** A command in the container. */
  record Exec(List<String> command) implements Check {}

  /**
   * A GET.
   *
   * @param host empty for the pod's address
   * @param path with its query, beginning with a slash
   * @param headers in order; names may repeat
   */
  record HttpGet(boolean tls, String host, int port, String path, List<Header> headers)
      implements Check {}

  /** One header of a request. */
  record Header(String name, String value) {}

  /** A connection. Host is empty for the pod's address. */
  record Tcp(String host, int port) implements Check {}

  /** The standard health service of gRPC, on the pod's address. */
  record Grpc(int port, String service) implements Check {}

  /** What cannot be asked, and why. */
  record Impossible(String why) implements Check {}

  /**
   * Reads one.
   *
   * @param handler a probe, or one hook
   * @param container whose ports may be meant by name
   * @param expand for variables in commands
   */
  static Check of(JsonNode handler, JsonNode container, UnaryOperator<String> expand) {
    if (handler.has("exec")) {
      List<String> command = new ArrayList<>();
      for (JsonNode word : handler.path("exec").path("command")) {
        command.add(expand.apply(word.asString("")));
      }
      return command.isEmpty() ? new Impossible("the command is empty") : new Exec(command);
    }
    for (String way : List.of("httpGet", "tcpSocket", "grpc")) {
      JsonNode asked = handler.path(way);
      if (handler.has(way)) {
        Integer port = port(asked.path("port"), container);
        if (port == null) {
          return new Impossible("the container has no port " + asked.path("port").asString(""));
        }
        String host = asked.path("host").asString("");
        return switch (way) {
          case "httpGet" -> http(asked, host, port);
          case "tcpSocket" -> new Tcp(host, port);
          default -> new Grpc(port, asked.path("service").asString(""));
        };
      }
    }
    return new Impossible("it says neither exec, httpGet, tcpSocket nor grpc");
  }

  private static HttpGet http(JsonNode asked, String host, int port) {
    List<Header> headers = new ArrayList<>();
    for (JsonNode header : asked.path("httpHeaders")) {
      headers.add(new Header(header.path("name").asString(""), header.path("value").asString("")));
    }
    String path = asked.path("path").asString("");
    boolean tls = asked.path("scheme").asString("").equalsIgnoreCase("HTTPS");
    return new HttpGet(tls, host, port, path.startsWith("/") ? path : "/" + path, headers);
  }

  /** By number or by the name of one of the container's ports; null where there is none. */
  private static @Nullable Integer port(JsonNode port, JsonNode container) {
    int number = port.isNumber() ? port.asInt(0) : 0;
    String name = port.asString("");
    if (number == 0 && !name.isEmpty() && name.chars().allMatch(Character::isDigit)) {
      number = name.length() > 5 ? 0 : Integer.parseInt(name);
    }
    for (JsonNode own : container.path("ports")) {
      if (number == 0 && own.path("name").asString("").equals(name)) {
        number = own.path("containerPort").asInt(0);
      }
    }
    return number > 0 && number < 65536 ? number : null;
  }
}
