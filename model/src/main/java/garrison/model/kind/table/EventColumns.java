package garrison.model.kind.table;

import garrison.model.Timestamps;
import garrison.model.kind.Column;
import garrison.model.kind.Conversion;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The table of events, of both API groups (spec: api-server 7, "Cell rules"). */
public final class EventColumns {
  /** The columns over a core event. */
  public static final List<Column> ALL =
      Columns.empty()
          .add(
              "Last Seen",
              "string",
              "",
              "How long ago it happened last.",
              0,
              (event, now) -> StringNode.valueOf(Ages.since(lastSeen(event), now)))
          .text("Type", "Normal or Warning.", event -> Columns.at(event, "type"))
          .text("Reason", "What happened, in a word.", event -> Columns.at(event, "reason"))
          .text("Object", "What it happened to.", EventColumns::object)
          .wide(
              "Subobject",
              "Which part of the object.",
              event -> Columns.at(event, "involvedObject.fieldPath"))
          .wide("Source", "Who saw it.", EventColumns::source)
          .text("Message", "What happened.", event -> Columns.at(event, "message").strip())
          .add(
              "First Seen",
              "string",
              "",
              "How long ago it happened first.",
              1,
              (event, now) -> StringNode.valueOf(Ages.since(firstSeen(event), now)))
          .count("Count", "How often it happened.", 1, EventColumns::count)
          .name(1)
          .list();

  private EventColumns() {}

  /** The same columns over events of another version. */
  public static List<Column> over(Conversion toCore) {
    return ALL.stream()
        .map(
            column ->
                new Column(
                    column.name(),
                    column.type(),
                    column.format(),
                    column.description(),
                    column.priority(),
                    (event, now) -> column.cell().of(toCore.convert(event), now)))
        .toList();
  }

  private static @Nullable Instant lastSeen(ObjectNode event) {
    Instant series = Timestamps.parse(event.path("series").path("lastObservedTime"));
    if (series != null) {
      return series;
    }
    Instant last = Timestamps.parse(event.path("lastTimestamp"));
    return last != null ? last : firstSeen(event);
  }

  private static @Nullable Instant firstSeen(ObjectNode event) {
    Instant first = Timestamps.parse(event.path("firstTimestamp"));
    return first != null ? first : Timestamps.parse(event.path("eventTime"));
  }

  private static String object(ObjectNode event) {
    String kind = Columns.at(event, "involvedObject.kind").toLowerCase(Locale.ROOT);
    String name = Columns.at(event, "involvedObject.name");
    return name.isEmpty() ? kind : kind + "/" + name;
  }

  private static String source(ObjectNode event) {
    String component = Columns.at(event, "source.component");
    String host = Columns.at(event, "source.host");
    if (component.isEmpty()) {
      component = Columns.at(event, "reportingComponent");
    }
    if (host.isEmpty()) {
      host = Columns.at(event, "reportingInstance");
    }
    return host.isEmpty() ? component : component + ", " + host;
  }

  private static long count(ObjectNode event) {
    JsonNode series = event.path("series").path("count");
    long count = series.asLong(event.path("count").asLong(1));
    return count == 0 ? 1 : count;
  }
}
