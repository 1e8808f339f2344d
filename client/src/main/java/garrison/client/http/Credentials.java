package garrison.client.http;

import io.fabric8.kubernetes.client.Config;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who a request says it is from, in its headers. Thread-safe. */
interface Credentials {
  /** Adds the headers. */
  void addTo(MultiMap headers);

  /** Called when the server did not know us: whether it is worth trying once more. */
  default boolean renew() {
    return false;
  }

  /** A bearer token. */
  static Credentials bearer(String token) {
    return headers -> headers.set("Authorization", "Bearer " + token);
  }

  /**
   * What a {@link Config} holds, read again (rotated files, exec plugins) when the server refuses
   * it. {@code again} must read from where the configuration came: looking anywhere else could send
   * one server's credentials to another.
   */
  static Credentials of(Config config, @Nullable Supplier<Config> again) {
    return new FromConfig(config, again);
  }

  /** Of a {@link Config}. */
  final class FromConfig implements Credentials {
    private final @Nullable Supplier<Config> again;
    private volatile Config config;

    FromConfig(Config config, @Nullable Supplier<Config> again) {
      this.config = config;
      this.again = again;
    }

    @Override
    public void addTo(MultiMap headers) {
      Config now = config;
      String token = token(now);
      if (!token.isEmpty()) {
        headers.set("Authorization", "Bearer " + token);
      } else if (now.getUsername() != null && now.getPassword() != null) {
        String pair = now.getUsername() + ":" + now.getPassword();
        headers.set(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
      }
      impersonate(now, headers);
    }

    @Override
    public boolean renew() {
      if (again == null) {
        return false;
      }
      String before = token(config);
      config = again.get();
      return !token(config).equals(before);
    }

    private static String token(Config config) {
      if (config.getOauthTokenProvider() != null) {
        String provided = config.getOauthTokenProvider().getToken();
        return provided == null ? "" : provided;
      }
      if (config.getOauthToken() != null) {
        return config.getOauthToken();
      }
      return config.getAutoOAuthToken() == null ? "" : config.getAutoOAuthToken();
    }

    private static void impersonate(Config config, MultiMap headers) {
      if (config.getImpersonateUsername() == null) {
        return;
      }
      headers.set("Impersonate-User", config.getImpersonateUsername());
      String[] groups = config.getImpersonateGroups();
      if (groups != null) {
        for (String group : groups) {
          headers.add("Impersonate-Group", group);
        }
      }
      Map<String, List<String>> extras = config.getImpersonateExtras();
      if (extras != null) {
        extras.forEach(
            (key, values) ->
                values.forEach(value -> headers.add("Impersonate-Extra-" + key, value)));
      }
    }
  }
}
