package garrison.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A watch or a log over the wire, line by line. */
public final class WatchLines implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final String END = "";

  private final int code;
  private final HttpHeaders headers;
  private final InputStream stream;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private volatile boolean broken;

  WatchLines(int code, HttpHeaders headers, InputStream stream) {
    this.code = code;
    this.headers = headers;
    this.stream = stream;
    Thread.ofVirtual().start(this::read);
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      broken = true;
    }
    lines.add(END);
  }

  /** The code of the answer. */
  public int code() {
    return code;
  }

  /** A header, empty where there is none. */
  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  private String take() {
    try {
      String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(line).as("a line of the watch").isNotNull();
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The next line as it is; fails where the watch has ended. */
  public String nextLine() {
    String line = take();
    assertThat(line).as("the watch goes on").isNotEqualTo(END);
    return line;
  }

  /** The next event; fails where the watch has ended. */
  public JsonNode next() {
    return Json.parse(nextLine());
  }

  /** The events up to the end, which must be a clean one. */
  public List<JsonNode> toEnd() {
    List<JsonNode> events = new ArrayList<>();
    for (String line = take(); !line.equals(END); line = take()) {
      events.add(Json.parse(line));
    }
    assertThat(broken).as("the watch was broken off").isFalse();
    return events;
  }

  /** Waits for the end, clean or not, and passes over what comes before it. */
  public void awaitEnd() {
    while (!take().equals(END)) {
      // Whatever it was, it is not the end.
    }
  }

  /** Waits for the end, which must not be a clean one. */
  public void awaitBreak() {
    awaitEnd();
    assertThat(broken).as("the stream was broken off").isTrue();
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      broken = true; // It was gone already.
    }
  }
}
