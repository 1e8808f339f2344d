package garrison.apiserver.http;

import garrison.apiserver.watch.Event;
import garrison.client.WatchEvent;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.schema.GoJson;
import java.time.InstantSource;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of one watch as lines, in the form that the client chose (spec: api-server 7, 9.2).
 */
final class EventLines implements Function<Event, byte[]> {
  private final Kind kind;
  private final View.Form form;
  private final String includeObject;
  private final InstantSource clock;
  private boolean first = true;

  private EventLines(Kind kind, View.Form form, String includeObject, InstantSource clock) {
    this.kind = kind;
    this.form = form;
    this.includeObject = includeObject;
    this.clock = clock;
  }

  /** The encoder of one watch; plain objects share their bytes with all watches. */
  static Function<Event, byte[]> of(
      Kind kind, View.Form form, String includeObject, InstantSource clock) {
    return form == View.Form.OBJECT
        ? Event::line
        : new EventLines(kind, form, includeObject, clock);
  }

  @Override
  public byte[] apply(Event event) {
    if (event.type() == WatchEvent.Type.ERROR) {
      return event.line(); // A Status stays one.
    }
    ObjectNode object = event.object();
    ObjectNode shown;
    if (form == View.Form.TABLE) {
      shown = Tables.ofEvent(kind, object, includeObject, first, clock.instant());
      first = false;
    } else {
      shown = Rendering.partial(object);
    }
    ObjectNode line = Json.object().put("type", event.type().name());
    line.set("object", shown);
    return Rendering.line(GoJson.bytes(line));
  }
}
