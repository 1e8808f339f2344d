package garrison.client.http;

import garrison.model.json.Json;
import garrison.model.json.Yaml;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The current context of one or several kubeconfig files; of what several define, the first one's
 * word counts, as with kubectl. What is written in the files or in files beside them is read here;
 * whatever else a kubeconfig can do (exec plugins, providers, proxies, impersonation) is left to
 * fabric8, whose reader brings its whole typed model into memory: 9 MB, on every node.
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

  private final List<Part> parts;

  /** One file; what it names by path is beside it. */
  private record Part(Path file, JsonNode root) {}

  /** An entry of a list, and the file that it is in. */
  private record Entry(Path file, JsonNode body) {}

  private KubeconfigFile(List<Part> parts) {
    this.parts = parts;
  }

  /** Reads it; throws where there is no such file. */
  static Config read(Path file) {
    return read(List.of(file));
  }

  /** Reads them all; throws where one of them is not there. */
  static Config read(List<Path> files) {
    List<Part> parts = new ArrayList<>();
    for (Path file : files) {
      Path absolute = file.toAbsolutePath();
      try {
        parts.add(new Part(absolute, Yaml.first(Files.readString(absolute), key -> {})));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the kubeconfig " + file, e);
      }
    }
    try {
      return new KubeconfigFile(parts).config();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what the kubeconfig names: " + files, e);
    }
  }

  private Config config() throws IOException {
    String name =
        parts.stream()
            .map(part -> part.root().path("current-context").asString(""))
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    Entry context = named("contexts", name, "context");
    Entry cluster = named("clusters", context.body().path("cluster").asString(""), "cluster");
    Entry user = named("users", context.body().path("user").asString(""), "user");
    if (!cluster.body().has("server")
        || !only(cluster.body(), CLUSTER)
        || !only(user.body(), USER)) {
      return foreign(name, context, cluster, user);
    }
    return new ConfigBuilder(Config.empty())
        .withMasterUrl(cluster.body().path("server").asString(""))
        .withNamespace(text(context.body(), "namespace"))
        .withTrustCerts(cluster.body().path("insecure-skip-tls-verify").asBoolean(false))
        .withCaCertData(text(cluster.body(), "certificate-authority-data"))
        .withCaCertFile(path(cluster, "certificate-authority"))
        .withClientCertData(text(user.body(), "client-certificate-data"))
        .withClientCertFile(path(user, "client-certificate"))
        .withClientKeyData(text(user.body(), "client-key-data"))
        .withClientKeyFile(path(user, "client-key"))
        .withOauthToken(token(user))
        .build();
  }

  private Config foreign(String name, Entry context, Entry cluster, Entry user) throws IOException {
    Path file = context.file();
    if (!file.equals(cluster.file()) || !file.equals(user.file())) {
      throw new IOException(
          "context "
              + name
              + ", its cluster and its user need a plugin or a proxy and are in several files: put"
              + " them into one");
    }
    return parts.size() == 1
        ? Config.fromKubeconfig(file.toFile())
        : Config.fromKubeconfig(name, Files.readString(file), file.toString());
  }

  private Entry named(String list, String name, String member) {
    for (Part part : parts) {
      for (JsonNode entry : part.root().path(list)) {
        if (entry.path("name").asString("").equals(name)) {
          return new Entry(part.file(), entry.path(member));
        }
      }
    }
    return new Entry(parts.getFirst().file(), Json.object());
  }

  private static boolean only(JsonNode object, Set<String> known) {
    return known.containsAll(object.propertyNames());
  }

  private static @Nullable String text(JsonNode object, String member) {
    return object.hasNonNull(member) ? object.path(member).asString() : null;
  }

  /** As kubectl reads it: relative to the file. */
  private static @Nullable String path(Entry entry, String member) {
    String text = text(entry.body(), member);
    return text == null || text.isEmpty() ? null : entry.file().resolveSibling(text).toString();
  }

  /** A file of a token wins over a token, as in client-go. */
  private static @Nullable String token(Entry user) throws IOException {
    String tokenFile = path(user, "tokenFile");
    return tokenFile == null
        ? text(user.body(), "token")
        : Files.readString(Path.of(tokenFile)).strip();
  }
}
