package garrison.apiserver.http;

import garrison.apiserver.resource.Page;
import garrison.apiserver.watch.Stored;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list as plain JSON: the stored bytes of its items straight out, never decoded. A long one is
 * written piece by piece, at the client's pace.
 *
 * @param kind of the items
 * @param page what to list
 */
record ListReply(Kind kind, Page page) implements Reply {
  private static final int ROOM_PER_ITEM = 32;

  /** The metadata of a list, in whatever form. */
  static ObjectNode metadata(Page page) {
    ObjectNode metadata = Json.object();
    metadata.put("resourceVersion", Long.toString(page.revision()));
    if (!page.continueToken().isEmpty()) {
      metadata.put("continue", page.continueToken());
      if (page.remaining() > 0) {
        metadata.put("remainingItemCount", page.remaining());
      }
    }
    return metadata;
  }

  @Override
  public void send(Exchange exchange) {
    long size = 0;
    for (Stored item : page.items()) {
      size += item.raw().length + ROOM_PER_ITEM;
    }
    if (size < BytesReply.COMPRESS_FROM) {
      ByteArrayOutputStream out = new ByteArrayOutputStream((int) size + 256);
      try {
        write(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // Memory does not fail.
      }
      exchange.answer(200, View.JSON_TYPE, out.toByteArray(), Map.of());
      return;
    }
    if (exchange.claim()) {
      stream(exchange);
    }
  }

  private void stream(Exchange exchange) {
    Map<String, String> headers = new TreeMap<>();
    boolean gzip = exchange.takesGzip();
    if (gzip) {
      headers.put("Content-Encoding", "gzip");
      headers.put("Vary", "Accept-Encoding");
    }
    ResponseStream response = new ResponseStream(exchange, 200, View.JSON_TYPE, headers);
    try (OutputStream out = gzip ? new FastGzip(response) : response) {
      write(out);
    } catch (IOException e) {
      response.abort();
    }
  }

  private void write(OutputStream out) throws IOException {
    String head =
        "{\"kind\":\""
            + kind.kind()
            + "List\",\"apiVersion\":\""
            + kind.apiVersion()
            + "\",\"metadata\":";
    out.write(ascii(head));
    out.write(GoJson.bytes(metadata(page)));
    out.write(ascii(",\"items\":["));
    byte[] type =
        ascii("{\"kind\":\"" + kind.kind() + "\",\"apiVersion\":\"" + kind.apiVersion() + "\",");
    boolean first = true;
    for (Stored item : page.items()) {
      if (!first) {
        out.write(',');
      }
      first = false;
      byte[] json = item.json();
      if (Arrays.equals(json, 0, Math.min(type.length, json.length), type, 0, type.length)) {
        // The items of a list do not repeat what they are.
        out.write('{');
        out.write(json, type.length, json.length - type.length);
      } else {
        out.write(json);
      }
    }
    out.write(ascii("]}\n"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
