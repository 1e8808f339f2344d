package garrison.model.kind;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Events of both groups are one object in the store (spec: api-server 2). */
class EventConversionTest {
  private static final String MODERN =
      """
      {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e"},
       "eventTime":"2026-01-01T00:00:00.000000Z","series":{"count":9,
       "lastObservedTime":"2026-02-01T00:00:00.000000Z"},"reportingController":"ctl",
       "reportingInstance":"inst","action":"A","reason":"R","regarding":{"kind":"Pod","name":"p"},
       "related":{"kind":"Node"},"note":"n","type":"Warning","deprecatedSource":{"host":"h"},
       "deprecatedFirstTimestamp":"2026-01-01T00:00:00Z",
       "deprecatedLastTimestamp":"2026-01-02T00:00:00Z","deprecatedCount":3}
      """;

  private static final String CORE =
      """
      {"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},
       "eventTime":"2026-01-01T00:00:00.000000Z","series":{"count":9,
       "lastObservedTime":"2026-02-01T00:00:00.000000Z"},"reportingComponent":"ctl",
       "reportingInstance":"inst","action":"A","reason":"R",
       "involvedObject":{"kind":"Pod","name":"p"},"related":{"kind":"Node"},"message":"n",
       "type":"Warning","source":{"host":"h"},"firstTimestamp":"2026-01-01T00:00:00Z",
       "lastTimestamp":"2026-01-02T00:00:00Z","count":3}
      """;

  private static ObjectNode document(String text) {
    return Json.parse(text).asObject();
  }

  @Test
  void everyFieldHasItsCounterpart() {
    var storage = Objects.requireNonNull(Kinds.EVENTS_EVENT.storedAs());
    assertThat(storage.kind()).isEqualTo(Kinds.EVENT);
    assertThat((Object) storage.toStored().convert(document(MODERN))).isEqualTo(document(CORE));
    assertThat((Object) storage.fromStored().convert(document(CORE))).isEqualTo(document(MODERN));
  }

  @Test
  void theOriginalStaysAsItIs() {
    var storage = Objects.requireNonNull(Kinds.EVENTS_EVENT.storedAs());
    ObjectNode original = document(CORE);
    ObjectNode converted = storage.fromStored().convert(original);
    converted.withObject("regarding").put("name", "other");
    assertThat((Object) original).isEqualTo(document(CORE));
  }
}
