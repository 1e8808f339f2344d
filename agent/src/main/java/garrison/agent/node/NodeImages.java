package garrison.agent.node;

import garrison.agent.runtime.Image;
import garrison.agent.runtime.RuntimeFailure;
import garrison.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The images that a node tells of: the 50 largest, each with at most five names (spec: node-agent
 * 2). The runtime is asked every 30 seconds; while it does not answer, what it said last holds.
 * Thread-safe.
 */
public final class NodeImages implements Supplier<List<JsonNode>> {
  private static final Logger log = LoggerFactory.getLogger(NodeImages.class);
  private static final Duration REFRESH = Duration.ofSeconds(30);
  private static final int MOST_IMAGES = 50;
  private static final int MOST_NAMES = 5;

  private final Supplier<List<Image>> runtime;
  private final InstantSource clock;
  private List<JsonNode> last = List.of(); // guarded by this
  private Instant next = Instant.MIN; // guarded by this

  /** Of a runtime. */
  public NodeImages(Supplier<List<Image>> runtime, InstantSource clock) {
    this.runtime = runtime;
    this.clock = clock;
  }

  @Override
  public synchronized List<JsonNode> get() {
    Instant now = clock.instant();
    if (!now.isBefore(next)) {
      next = now.plus(REFRESH);
      try {
        last = entries(runtime.get());
      } catch (RuntimeFailure e) {
        log.debug("images are not known: {}", e.message());
      }
    }
    return last;
  }

  /** As in {@code status.images}. Pure. */
  static List<JsonNode> entries(List<Image> images) {
    List<Image> sorted = new ArrayList<>(images);
    sorted.sort(Comparator.comparingLong(Image::size).reversed().thenComparing(Image::id));
    List<JsonNode> entries = new ArrayList<>();
    for (Image image : sorted.subList(0, Math.min(MOST_IMAGES, sorted.size()))) {
      ObjectNode entry = Json.object();
      ArrayNode names = entry.putArray("names");
      List<String> all = new ArrayList<>(image.digests());
      all.addAll(image.tags());
      all.subList(0, Math.min(MOST_NAMES, all.size())).forEach(names::add);
      entry.put("sizeBytes", image.size());
      entries.add(entry);
    }
    return List.copyOf(entries);
  }
}
