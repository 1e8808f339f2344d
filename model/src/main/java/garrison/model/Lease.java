package garrison.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A sign of life, or of leadership. Immutable.
 *
 * @param meta its metadata
 * @param holder who holds it
 * @param durationSeconds how long it lasts from its last renewal
 * @param renewTime when it was last renewed, null where never
 */
public record Lease(Meta meta, String holder, int durationSeconds, @Nullable Instant renewTime) {
  /** Reads a Lease document. */
  public static Lease of(JsonNode document) {
    JsonNode spec = document.path("spec");
    return new Lease(
        Meta.of(document),
        Fields.text(spec, "holderIdentity"),
        (int) Fields.number(spec, "leaseDurationSeconds", 0),
        Timestamps.parse(spec.path("renewTime")));
  }
}
