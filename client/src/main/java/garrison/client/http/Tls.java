package garrison.client.http;

import io.fabric8.kubernetes.client.Config;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Brings the certificates of a {@link Config} to Vert.x. */
final class Tls {
  private Tls() {}

  static void apply(Config config, HttpClientOptions options) {
    options.setVerifyHost(!Boolean.TRUE.equals(config.getDisableHostnameVerification()));
    byte[] ca = ca(config);
    if (Boolean.TRUE.equals(config.getTrustCerts())) {
      options.setTrustAll(true).setVerifyHost(false);
    } else if (ca != null) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(ca)));
    } else if (config.getTrustStoreFile() != null) {
      options.setTrustOptions(
          new JksOptions()
              .setPath(config.getTrustStoreFile())
              .setPassword(config.getTrustStorePassphrase()));
    }
    byte[] certificate = pem(config.getClientCertData(), config.getClientCertFile());
    byte[] key = pem(config.getClientKeyData(), config.getClientKeyFile());
    if (certificate != null && key != null) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(certificate))
              .addKeyValue(Buffer.buffer(key)));
    } else if (config.getKeyStoreFile() != null) {
      options.setKeyCertOptions(
          new JksOptions()
              .setPath(config.getKeyStoreFile())
              .setPassword(config.getKeyStorePassphrase()));
    }
  }

  /** The CA that the configuration names, null for none. */
  static byte @Nullable [] ca(Config config) {
    return pem(config.getCaCertData(), config.getCaCertFile());
  }

  /** Inline data is base64 in a kubeconfig, and plain PEM where a program filled it in. */
  private static byte @Nullable [] pem(@Nullable String data, @Nullable String file) {
    if (data != null && !data.isBlank()) {
      return data.contains("-----BEGIN")
          ? data.getBytes(StandardCharsets.UTF_8)
          : Base64.getMimeDecoder().decode(data);
    }
    if (file == null || file.isBlank()) {
      return null;
    }
    try {
      return Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + " of the kubeconfig", e);
    }
  }
}
