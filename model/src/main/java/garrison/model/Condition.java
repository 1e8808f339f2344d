package garrison.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One condition of a status.
 *
 * @param type such as {@code Ready}
 * @param status True, False or Unknown
 * @param reason a word for programs, may be empty
 * @param message a sentence for people, may be empty
 * @param lastTransitionTime when the status last changed, null where unknown
 * @param lastHeartbeatTime when it was last reported (nodes), null elsewhere
 */
public record Condition(
    String type,
    String status,
    String reason,
    String message,
    @Nullable Instant lastTransitionTime,
    @Nullable Instant lastHeartbeatTime) {
  /** Reads one element of {@code status.conditions}. */
  public static Condition of(JsonNode condition) {
    return new Condition(
        Fields.word(condition, "type"),
        Fields.word(condition, "status"),
        Fields.word(condition, "reason"),
        Fields.word(condition, "message"),
        SharedTexts.of(Timestamps.parse(condition.path("lastTransitionTime"))),
        SharedTexts.of(Timestamps.parse(condition.path("lastHeartbeatTime"))));
  }

  /** Whether its status is True. */
  public boolean isTrue() {
    return status.equals("True");
  }

  /** The condition of that type, null where there is none. */
  public static @Nullable Condition find(List<Condition> conditions, String type) {
    for (Condition condition : conditions) {
      if (condition.type.equals(type)) {
        return condition;
      }
    }
    return null;
  }
}
