package garrison.cli;

import garrison.client.http.JoinToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a machine finds the server that it joins. */
final class JoinOptions {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The API server, such as https://10.0.0.1:6443.")
  private @Nullable URI server;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description = "A join token; better in a file, where other users cannot see it.")
  private @Nullable String token;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file that holds the join token; else $GARRISON_TOKEN.")
  private @Nullable Path tokenFile;

  /** The API server. */
  URI server() {
    if (server == null || !"https".equals(server.getScheme()) || server.getHost() == null) {
      throw new CommandFailure("--server must be a URL such as https://10.0.0.1:6443");
    }
    return server;
  }

  /** Whether any of this was given. */
  boolean given() {
    return server != null || token != null || tokenFile != null;
  }

  /** The join token. */
  JoinToken token() {
    String text = text();
    if (text == null) {
      throw new CommandFailure(
          "no join token: make one with garrison token create on the server, and give it with"
              + " --token-file, --token or $GARRISON_TOKEN");
    }
    try {
      return JoinToken.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(
          "this is no join token: copy the whole line that garrison token create printed", e);
    }
  }

  private @Nullable String text() {
    if (token != null) {
      return token;
    }
    if (tokenFile == null) {
      return System.getenv("GARRISON_TOKEN");
    }
    try {
      return Files.readString(tokenFile);
    } catch (IOException e) {
      throw new CommandFailure(tokenFile + " cannot be read: name the file of the join token", e);
    }
  }
}
