package garrison.apiserver.http;

import garrison.model.StatusException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client of {@code exec} or {@code attach} asks for, checked (spec: api-server 14.2). Pure.
 *
 * @param query for the node's agent, in its own words, sorted by name
 */
record SessionOptions(String query) {
  /** The end of input can be told in this one only. */
  static final String V5 = "v5.channel.k8s.io";

  static final String V4 = "v4.channel.k8s.io";
  private static final List<String> SPOKEN = List.of(V5, V4);

  /** From the parameters of the API; 400 where no stream or no command is asked for. */
  static SessionOptions of(Query query, boolean exec) {
    boolean tty = query.flag("tty");
    boolean stderr = query.flag("stderr") && !tty;
    if (!query.flag("stdin") && !query.flag("stdout") && !stderr) {
      throw StatusException.badRequest("you must specify at least 1 of stdin, stdout, stderr");
    }
    StringBuilder text = new StringBuilder();
    if (exec) {
      List<String> command = query.all("command");
      if (command.isEmpty()) {
        throw StatusException.badRequest("you must specify at least 1 command");
      }
      command.forEach(
          word -> add(text, "command=" + URLEncoder.encode(word, StandardCharsets.UTF_8)));
    }
    flag(text, "error", stderr);
    flag(text, "input", query.flag("stdin"));
    flag(text, "output", query.flag("stdout"));
    flag(text, "tty", tty);
    return new SessionOptions(text.toString());
  }

  private static void flag(StringBuilder text, String name, boolean set) {
    if (set) {
      add(text, name + "=1");
    }
  }

  private static void add(StringBuilder text, String pair) {
    text.append(text.isEmpty() ? "?" : "&").append(pair);
  }

  /** The first protocol of a client's offer that is spoken here; 400 where there is none. */
  static String protocol(@Nullable String offered) {
    for (String one : offered == null ? new String[0] : offered.split(",")) {
      if (SPOKEN.contains(one.strip())) {
        return one.strip();
      }
    }
    throw StatusException.badRequest(
        "the Sec-WebSocket-Protocol offered is none of " + String.join(", ", SPOKEN));
  }
}
