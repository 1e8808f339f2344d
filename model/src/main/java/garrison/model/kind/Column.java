package garrison.model.kind;

import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One column of a kind's table (spec: api-server 7).
 *
 * @param name header, such as {@code Up-to-date}
 * @param type string, integer, boolean or date
 * @param format {@code name} for the name, else empty
 * @param description in our own words
 * @param priority 0 always shown, 1 with {@code -o wide}
 * @param cell the value for one document
 */
public record Column(
    String name, String type, String format, String description, int priority, Cell cell) {
  /** Computes a cell. Pure; the document may lack anything. */
  @FunctionalInterface
  public interface Cell {
    /** The value shown for {@code document} at the time {@code now}. */
    JsonNode of(ObjectNode document, Instant now);
  }
}
