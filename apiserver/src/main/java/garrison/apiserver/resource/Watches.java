package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Selection;
import garrison.apiserver.watch.WatchStream;
import garrison.model.FieldError;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;

/** Where a watch starts, and what it starts with (spec: api-server 9.3, 9.4). */
final class Watches {
  private final ResourceCache cache;

  Watches(ResourceCache cache) {
    this.cache = cache;
  }

  WatchStream watch(Kind kind, String namespace, WatchRequest request) {
    check(request);
    Selection selection =
        Selection.of(kind, namespace, request.labelSelector(), request.fieldSelector());
    long revision = SystemMetadata.version(request.resourceVersion());
    Boolean initial = request.sendInitialEvents();
    if (initial != null && initial) {
      return cache.watchWithObjects(selection, revision, request.bookmarks());
    }
    if (revision > 0) {
      return cache.watchAfter(selection, revision);
    }
    if (initial != null) {
      return cache.watchFromNow(selection);
    }
    return cache.watchWithObjects(selection, 0, request.bookmarks());
  }

  private static void check(WatchRequest request) {
    List<FieldError> errors = new ArrayList<>();
    String match = request.resourceVersionMatch();
    if (request.sendInitialEvents() == null) {
      if (!match.isEmpty()) {
        errors.add(
            Options.forbidden(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is"
                    + " provided"));
      }
    } else if (!match.equals("NotOlderThan")) {
      errors.add(
          Options.forbidden(
              "resourceVersionMatch",
              "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
      if (!match.isEmpty()) {
        errors.add(
            Options.unsupported("resourceVersionMatch", "\"" + match + "\"", "\"NotOlderThan\""));
      }
    }
    if (!errors.isEmpty()) {
      throw Options.invalid("ListOptions", errors);
    }
  }
}
