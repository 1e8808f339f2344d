package garrison.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** HTTP/1.1 by hand, for requests that no proper client sends. */
final class RawRequest {
  private static final int PATIENCE_MILLIS = 30_000;

  private RawRequest() {}

  /** A connection to a server on this machine, over checked TLS. */
  static SSLSocket connect(int port, SSLContext tls) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Sends that text, and reads one answer. */
  static Answered send(int port, SSLContext tls, String request) {
    try (SSLSocket socket = connect(port, tls)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return answer(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One answer whose length is told. */
  static Answered answer(SSLSocket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("no answer but: " + bytes);
      }
      bytes.write(next);
    }
    String text = bytes.toString(StandardCharsets.ISO_8859_1).strip();
    String[] head = text.split("\r\n", -1);
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      headers
          .computeIfAbsent(head[i].substring(0, colon), name -> new ArrayList<>())
          .add(head[i].substring(colon + 1).trim());
    }
    int length = Integer.parseInt(headers.getOrDefault("Content-Length", List.of("0")).getFirst());
    return new Answered(
        Integer.parseInt(head[0].split(" ", -1)[1]),
        HttpHeaders.of(headers, (name, value) -> true),
        in.readNBytes(length));
  }
}
