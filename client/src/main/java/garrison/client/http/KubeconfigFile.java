package garrison.client.http;

import garrison.model.json.Yaml;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The current context of a kubeconfig file. What is written in the file or in files beside it is
 * read here; whatever else a kubeconfig can do (exec plugins, providers, proxies, impersonation) is
 * left to fabric8, whose reader brings its whole typed model into memory: 9 MB, on every node.
 */
final class KubeconfigFile {
  private static final Set<String> CLUSTER =
      Set.of(
          "server",
          "certificate-authority",
          "certificate-authority-data",
          "insecure-skip-tls-verify");
  private static final Set<String> USER =
      Set.of(
          "client-certificate",
          "client-certificate-data",
          "client-key",
          "client-key-data",
          "token",
          "tokenFile");

  private final Path file;
  private final JsonNode root;

  private KubeconfigFile(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  /** Reads it; throws where there is no such file. */
  static Config read(Path file) {
    try {
      Path absolute = file.toAbsolutePath();
      return new KubeconfigFile(absolute, Yaml.first(Files.readString(absolute), key -> {}))
          .config();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the kubeconfig " + file, e);
    }
  }

  private Config config() throws IOException {
    JsonNode context = named("contexts", root.path("current-context").asString("")).path("context");
    JsonNode cluster = named("clusters", context.path("cluster").asString("")).path("cluster");
    JsonNode user = named("users", context.path("user").asString("")).path("user");
    if (!cluster.has("server") || !only(cluster, CLUSTER) || !only(user, USER)) {
      return Config.fromKubeconfig(file.toFile());
    }
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(cluster.path("server").asString(""))
        .withTrustCerts(cluster.path("insecure-skip-tls-verify").asBoolean(false))
        .withCaCertData(text(cluster, "certificate-authority-data"))
        .withCaCertFile(path(cluster, "certificate-authority"))
        .withClientCertData(text(user, "client-certificate-data"))
        .withClientCertFile(path(user, "client-certificate"))
        .withClientKeyData(text(user, "client-key-data"))
        .withClientKeyFile(path(user, "client-key"))
        .withOauthToken(token(user))
        .build();
  }

  private JsonNode named(String list, String name) {
    for (JsonNode entry : root.path(list)) {
      if (entry.path("name").asString("").equals(name)) {
        return entry;
      }
    }
    return root.path(list).path(name); // an array has no such member: missing
  }

  private static boolean only(JsonNode object, Set<String> known) {
    return known.containsAll(object.propertyNames());
  }

  private static @Nullable String text(JsonNode object, String member) {
    return object.hasNonNull(member) ? object.path(member).asString() : null;
  }

  /** As kubectl reads it: relative to the file. */
  private @Nullable String path(JsonNode object, String member) {
    String text = text(object, member);
    return text == null || text.isEmpty() ? null : file.resolveSibling(text).toString();
  }

  /** A file of a token wins over a token, as in client-go. */
  private @Nullable String token(JsonNode user) throws IOException {
    String tokenFile = path(user, "tokenFile");
    return tokenFile == null ? text(user, "token") : Files.readString(Path.of(tokenFile)).strip();
  }
}
