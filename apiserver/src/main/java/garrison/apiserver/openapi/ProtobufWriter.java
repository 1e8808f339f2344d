package garrison.apiserver.openapi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes the fields of one protobuf message. Not thread-safe. */
final class ProtobufWriter {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  void text(int number, String value) {
    delimited(number, value.getBytes(StandardCharsets.UTF_8));
  }

  void flag(int number, boolean value) {
    varint(number << 3 | VARINT);
    varint(value ? 1 : 0);
  }

  /** A message within, whose fields {@code content} writes. */
  void message(int number, Consumer<ProtobufWriter> content) {
    ProtobufWriter inner = new ProtobufWriter();
    content.accept(inner);
    delimited(number, inner.bytes());
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private void delimited(int number, byte[] content) {
    varint(number << 3 | LENGTH_DELIMITED);
    varint(content.length);
    out.writeBytes(content);
  }

  private void varint(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
