package garrison.client.http;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Cuts a stream of bytes, which comes in any pieces, into lines. Not thread-safe. */
final class LineSplitter {
  private final Consumer<byte[]> lines;
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

  /** Hands each line, without its end and never empty, to {@code lines}. */
  LineSplitter(Consumer<byte[]> lines) {
    this.lines = lines;
  }

  void add(byte[] piece) {
    int start = 0;
    for (int i = 0; i < piece.length; i++) {
      if (piece[i] == '\n') {
        begun.write(piece, start, i - start);
        start = i + 1;
        emit();
      }
    }
    begun.write(piece, start, piece.length - start);
  }

  /** The stream has ended; whether it did so in the middle of a line. */
  boolean incomplete() {
    return begun.size() > 0;
  }

  private void emit() {
    if (begun.size() > 0) {
      lines.accept(begun.toByteArray());
      begun.reset();
    }
  }
}
