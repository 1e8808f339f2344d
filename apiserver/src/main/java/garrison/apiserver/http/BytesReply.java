package garrison.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole answer in memory. Large ones are compressed for clients that take it.
 *
 * @param code HTTP code
 * @param contentType media type
 * @param body its bytes; not to be changed
 * @param headers further headers, over the usual ones
 */
record BytesReply(int code, String contentType, byte[] body, Map<String, String> headers)
    implements Reply {
  static final String TEXT = "text/plain; charset=utf-8";

  /** From which size compressing pays (spec: api-server 3). */
  static final int COMPRESS_FROM = 128 * 1024;

  /** Plain text. */
  static BytesReply text(int code, String text) {
    return new BytesReply(code, TEXT, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** JSON. */
  static BytesReply json(int code, byte[] json) {
    return new BytesReply(code, View.JSON_TYPE, json, Map.of());
  }

  /** The same with one more header. */
  BytesReply with(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new BytesReply(code, contentType, body, more);
  }

  @Override
  public void send(Exchange exchange) {
    if (body.length < COMPRESS_FROM || !exchange.takesGzip()) {
      exchange.answer(code, contentType, body, headers);
      return;
    }
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
    try (FastGzip gzip = new FastGzip(compressed)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Memory does not fail.
    }
    Map<String, String> more = new TreeMap<>(headers);
    more.put("Content-Encoding", "gzip");
    more.put("Vary", "Accept-Encoding");
    exchange.answer(code, contentType, compressed.toByteArray(), more);
  }
}
