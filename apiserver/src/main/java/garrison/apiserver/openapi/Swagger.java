package garrison.apiserver.openapi;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The OpenAPI v2 document in its two forms (spec: api-server 6.2). kubectl up to 1.36 reads it
 * before it says that a kind is unknown, and takes nothing but the protobuf form. Immutable.
 */
public final class Swagger {
  private final byte[] json;
  private final byte[] protobuf;
  private final String etag;

  private Swagger(byte[] json, byte[] protobuf, String etag) {
    this.json = json;
    this.protobuf = protobuf;
    this.etag = etag;
  }

  static Swagger of(List<ObjectNode> documents) {
    ObjectNode content = SwaggerDocument.of(documents);
    Document hashed = Document.of("v2", content);
    return new Swagger(hashed.json(), SwaggerProtobuf.bytes(content), hashed.etag());
  }

  /** The UTF-8 JSON; shared, not to be changed. */
  public byte[] json() {
    return json;
  }

  /** The same as a protobuf message of gnostic's {@code openapi.v2}; shared, not to be changed. */
  public byte[] protobuf() {
    return protobuf;
  }

  /** The value of the {@code Etag} header, quotes included. */
  public String etag() {
    return etag;
  }
}
