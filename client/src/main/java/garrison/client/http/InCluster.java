package garrison.client.http;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a program in a pod finds its API server: two variables, and files of its service account. */
final class InCluster {
  static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private InCluster() {}

  /** Whether the variables are there. */
  static boolean here(Map<String, String> environment) {
    return present(environment.get("KUBERNETES_SERVICE_HOST"))
        && present(environment.get("KUBERNETES_SERVICE_PORT"));
  }

  /**
   * The server and whom to trust; who we are is in {@code account/token}.
   *
   * @throws IllegalStateException where this is no pod, or one without a service account
   */
  static Config config(Map<String, String> environment, Path account) {
    if (!here(environment)) {
      throw new IllegalStateException(
          "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod");
    }
    for (String file : new String[] {"token", "ca.crt"}) {
      if (!Files.isReadable(account.resolve(file))) {
        throw new IllegalStateException(
            account.resolve(file)
                + " cannot be read: give the pod a service account, and do not turn"
                + " automountServiceAccountToken off");
      }
    }
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String bracketed = host != null && host.contains(":") ? "[" + host + "]" : host;
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://" + bracketed + ":" + environment.get("KUBERNETES_SERVICE_PORT"))
        .withCaCertFile(account.resolve("ca.crt").toString())
        .build();
  }

  private static boolean present(@Nullable String value) {
    return value != null && !value.isEmpty();
  }
}
