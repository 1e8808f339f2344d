package garrison.client.http;

import garrison.client.UnreachableException;
import garrison.client.queue.Timer;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token in a file that is written anew before the token runs out, as the kubelet does with
 * those of service accounts: read again every minute, and at once where the server refuses it.
 * Where it cannot be read, the last one is used on. Thread-safe.
 */
final class TokenFile implements Credentials {
  private static final Duration READ_EVERY = Duration.ofMinutes(1);

  private final Path file;
  private final Timer timer;
  private @Nullable String token;
  private long readAt;

  TokenFile(Path file, Timer timer) {
    this.file = file;
    this.timer = timer;
  }

  @Override
  public void addTo(MultiMap headers) {
    headers.set("Authorization", "Bearer " + token());
  }

  @Override
  public synchronized boolean renew() {
    String before = token;
    return !read().equals(before);
  }

  private synchronized String token() {
    String present = token;
    boolean fresh = timer.nanos() - readAt < READ_EVERY.toNanos();
    return present != null && fresh ? present : read();
  }

  private synchronized String read() {
    try {
      String read = Files.readString(file).strip();
      token = read;
      readAt = timer.nanos();
      return read;
    } catch (IOException e) {
      if (token == null) {
        throw new UnreachableException(file + ", the token of the service account, is missing", e);
      }
      return token;
    }
  }
}
