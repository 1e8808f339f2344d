package garrison.apiserver.openapi;

import garrison.model.json.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/** One document as it is sent, and the name of this very version of it. Immutable. */
public final class Document {
  private final String key;
  private final byte[] json;
  private final String hash;

  private Document(String key, byte[] json, String hash) {
    this.key = key;
    this.json = json;
    this.hash = hash;
  }

  static Document of(String key, ObjectNode content) {
    byte[] json = Json.bytes(content);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-512").digest(json);
      return new Document(key, json, HexFormat.of().withUpperCase().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-512", e);
    }
  }

  /** Its name in the index, such as {@code apis/apps/v1}. */
  public String key() {
    return key;
  }

  /** The UTF-8 JSON; shared, not to be changed. */
  public byte[] json() {
    return json;
  }

  /** 128 upper-case hexadecimal digits that change with the content, and with nothing else. */
  public String hash() {
    return hash;
  }

  /** The value of the {@code Etag} header, quotes included. */
  public String etag() {
    return '"' + hash + '"';
  }

  /** Path and query under which this version may be kept for ever. */
  public String url() {
    return "/openapi/v3/" + key + "?hash=" + hash;
  }
}
