package garrison.apiserver.resource;

import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a write answers: the object, or a Status. The document may be shared, and must not be
 * changed.
 */
public final class Answer {
  private final int code;
  private final ObjectNode document;
  private final Supplier<byte[]> json;

  Answer(int code, ObjectNode document, Supplier<byte[]> json) {
    this.code = code;
    this.document = document;
    this.json = json;
  }

  /** The HTTP code, 200 or 201. */
  public int code() {
    return code;
  }

  /** The object, or the Status. */
  public ObjectNode document() {
    return document;
  }

  /** Its bytes on the wire; encoded at each call. */
  public byte[] json() {
    return json.get();
  }
}
