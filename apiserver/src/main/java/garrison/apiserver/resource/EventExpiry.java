package garrison.apiserver.resource;

import garrison.apiserver.auth.User;
import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Selection;
import garrison.apiserver.watch.Stored;
import garrison.model.Timestamps;
import garrison.model.kind.Kinds;
import garrison.model.selector.FieldSelector;
import garrison.model.selector.LabelSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Events are news: an hour after the last of them was told they go (spec: api-server 15.2). */
final class EventExpiry {
  private static final Duration LIFE = Duration.ofHours(1);

  private final ResourceCache cache;
  private final Deletion deletion;

  EventExpiry(ResourceCache cache, Deletion deletion) {
    this.cache = cache;
    this.deletion = deletion;
  }

  void expire(Instant now) {
    Selection all =
        new Selection(Kinds.EVENT, "", LabelSelector.EVERYTHING, FieldSelector.EVERYTHING);
    List<Stored> old =
        cache.list(all).items().stream()
            .filter(event -> told(event.document()).plus(LIFE).isBefore(now))
            .toList();
    Parallel.forEach(
        old,
        event -> {
          ObjectNode document = event.document();
          deletion.deleteIfPresent(
              RequestContext.of(User.loop("event-expiry")),
              Kinds.EVENT,
              Documents.namespace(document),
              Documents.name(document),
              // One that is told again in this moment is another version, and stays.
              new DeleteRequest(
                  null, null, null, Documents.uid(document), Long.toString(event.revision())));
        });
  }

  /** When it was last told: an event that repeats is counted, not created again. */
  private static Instant told(ObjectNode event) {
    Instant last = Instant.MIN;
    for (Instant time :
        new Instant[] {
          Timestamps.parse(event.path("metadata").path("creationTimestamp")),
          Timestamps.parse(event.path("lastTimestamp")),
          Timestamps.parse(event.path("series").path("lastObservedTime"))
        }) {
      if (time != null && time.isAfter(last)) {
        last = time;
      }
    }
    return last.equals(Instant.MIN) ? Instant.MAX.minus(LIFE) : last;
  }
}
