package garrison.agent.logs;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletionException;

/** A response as a stream that blocks while its reader is slow. For one thread. */
final class ResponseOutput extends OutputStream {
  private static final int BLOCK = 16 << 10;

  private final HttpServerResponse response;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();

  ResponseOutput(HttpServerResponse response) {
    this.response = response;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    held.write(bytes, from, length);
    if (held.size() >= BLOCK) {
      flush();
    }
  }

  @Override
  public void flush() throws IOException {
    if (response.closed()) {
      throw new IOException("the reader went away");
    }
    if (held.size() == 0) {
      return;
    }
    Buffer block = Buffer.buffer(held.toByteArray());
    held.reset();
    try {
      response.write(block).toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException("the reader went away", e);
    }
  }
}
