package garrison.client.http;

import io.fabric8.kubernetes.client.Config;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The proxy a {@link Config} (kubeconfig, environment) names for a server. */
final class Proxies {
  private Proxies() {}

  static void apply(Config config, URI server, HttpClientOptions options) {
    String proxy =
        "https".equals(server.getScheme()) ? config.getHttpsProxy() : config.getHttpProxy();
    if (proxy == null || proxy.isBlank() || exempt(server.getHost(), config.getNoProxy())) {
      return;
    }
    URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    ProxyOptions to =
        new ProxyOptions()
            .setHost(uri.getHost())
            .setPort(uri.getPort() > 0 ? uri.getPort() : 3128)
            .setType(type(uri.getScheme()));
    if (config.getProxyUsername() != null) {
      to.setUsername(config.getProxyUsername()).setPassword(config.getProxyPassword());
    }
    options.setProxyOptions(to);
  }

  private static ProxyType type(String scheme) {
    return switch (scheme) {
      case "socks5", "socks5h" -> ProxyType.SOCKS5;
      case "socks4" -> ProxyType.SOCKS4;
      default -> ProxyType.HTTP;
    };
  }

  /** A rule is a host, a domain (with or without its dot), or {@code *}. */
  static boolean exempt(String host, String @Nullable [] rules) {
    if (host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]")) {
      return true;
    }
    for (String rule : rules == null ? new String[0] : rules) {
      String domain = rule.startsWith(".") ? rule.substring(1) : rule;
      if (rule.equals("*") || host.equals(domain) || host.endsWith("." + domain)) {
        return true;
      }
    }
    return false;
  }
}
