package garrison.apiserver.http;

import garrison.apiserver.pki.Credential;
import garrison.apiserver.pki.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who calls a server over HTTPS with the JDK's own client: another implementation of HTTP
 * and TLS than the server's. Trusts the server's authority only, and checks its name.
 */
public final class Caller implements AutoCloseable {
  private final String url;
  private final SSLContext tls;
  private final String token;
  private final HttpClient client;

  private Caller(String url, SSLContext tls, String token, HttpClient.Version version) {
    this.url = url;
    this.tls = tls;
    this.token = token;
    this.client = HttpClient.newBuilder().sslContext(tls).version(version).build();
  }

  /** With a client certificate, or a bearer token, or neither. */
  public static Caller of(
      String url, String caPem, @Nullable Credential credential, String bearerToken) {
    return new Caller(url, tls(caPem, credential), bearerToken, HttpClient.Version.HTTP_2);
  }

  /** The same over HTTP/1.1; closed on its own. */
  public Caller http1() {
    return new Caller(url, tls, token, HttpClient.Version.HTTP_1_1);
  }

  /** What the caller shows and trusts. */
  public SSLContext tls() {
    return tls;
  }

  private static SSLContext tls(String caPem, @Nullable Credential credential) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("ca", Pem.readCertificates(caPem).getFirst());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManager[] keys = null;
      if (credential != null) {
        KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
        own.load(null, null);
        own.setKeyEntry(
            "own", credential.key(), new char[0], credential.chain().toArray(Certificate[]::new));
        KeyManagerFactory factory =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, new char[0]);
        keys = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A GET. */
  public Answered get(String path) {
    return send("GET", path, Map.of(), new byte[0]);
  }

  /** A GET that asks for a form. */
  public Answered get(String path, String accept) {
    return send("GET", path, Map.of("Accept", accept), new byte[0]);
  }

  /** A POST of JSON. */
  public Answered post(String path, String json) {
    return send("POST", path, json.getBytes(StandardCharsets.UTF_8));
  }

  /** A PATCH. */
  public Answered patch(String path, String contentType, String patch) {
    return send(
        "PATCH", path, Map.of("Content-Type", contentType), patch.getBytes(StandardCharsets.UTF_8));
  }

  /** Anything with a body of JSON, or none. */
  public Answered send(String method, String path, byte[] json) {
    return send(
        method,
        path,
        json.length == 0 ? Map.of() : Map.of("Content-Type", "application/json"),
        json);
  }

  /** Anything. */
  public Answered send(String method, String path, Map<String, String> headers, byte[] body) {
    return send(
        method,
        path,
        headers,
        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
  }

  /** Anything, with a body of whatever sort. */
  public Answered send(
      String method, String path, Map<String, String> headers, HttpRequest.BodyPublisher body) {
    try {
      HttpResponse<byte[]> response =
          client.send(request(method, path, headers, body), BodyHandlers.ofByteArray());
      return new Answered(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts a watch; the caller closes it. */
  public WatchLines watch(String path, String accept) {
    try {
      HttpResponse<InputStream> response =
          client.send(
              request(
                  "GET",
                  path,
                  accept.isEmpty() ? Map.of() : Map.of("Accept", accept),
                  BodyPublishers.noBody()),
              BodyHandlers.ofInputStream());
      return new WatchLines(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(
      String method, String path, Map<String, String> headers, HttpRequest.BodyPublisher body) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + path));
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (!token.isEmpty()) {
      all.put("Authorization", "Bearer " + token);
    }
    all.forEach(builder::header);
    return builder.method(method, body).build();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
