package garrison.apiserver.watch;

import garrison.client.WatchEvent;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one change is to each watch (spec: api-server 9.3). Events are made once for all watches
 * that see the same. Used by one thread.
 */
final class Transition {
  private record Made(Kind kind, WatchEvent.Type type, Event event) {}

  private final Change change;
  private final Encoder encoder;
  private final List<Made> made = new ArrayList<>(2);

  Transition(Change change, Encoder encoder) {
    this.change = change;
    this.encoder = encoder;
  }

  /** The event for a watch of this selection, null where the change is none of its business. */
  @Nullable Event eventFor(Selection selection) {
    Stored before = change.before();
    Stored after = change.after();
    boolean was = before != null && selection.matches(before, encoder);
    if (after != null && selection.matches(after, encoder)) {
      return event(selection.kind(), was ? WatchEvent.Type.MODIFIED : WatchEvent.Type.ADDED, after);
    }
    if (before == null || !was) {
      return null;
    }
    Stored last = change.last();
    return event(
        selection.kind(),
        WatchEvent.Type.DELETED,
        last != null ? last : before.at(change.revision()));
  }

  private Event event(Kind kind, WatchEvent.Type type, Stored state) {
    for (Made one : made) {
      if (one.type == type && one.kind.equals(kind)) {
        return one.event;
      }
    }
    Event event = Event.of(type, state.as(kind, encoder));
    made.add(new Made(kind, type, event));
    return event;
  }
}
