package garrison.apiserver.resource;

import garrison.apiserver.admission.Lookup;
import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Selection;
import garrison.apiserver.watch.Stored;
import garrison.model.kind.Kind;
import garrison.model.selector.FieldSelector;
import garrison.model.selector.LabelSelector;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What admission sees of the present state. */
record CacheLookup(ResourceCache cache) implements Lookup {
  @Override
  public @Nullable ObjectNode get(Kind kind, String namespace, String name) {
    return document(cache.get(kind, namespace, name));
  }

  @Override
  public List<ObjectNode> all(Kind kind) {
    Selection all = new Selection(kind, "", LabelSelector.EVERYTHING, FieldSelector.EVERYTHING);
    return cache.list(all).items().stream().map(Stored::document).toList();
  }

  @Override
  public @Nullable ObjectNode await(Kind kind, String namespace, String name, Duration most) {
    return document(cache.await(kind, namespace, name, most));
  }

  private static @Nullable ObjectNode document(@Nullable Stored stored) {
    return stored == null ? null : stored.document();
  }
}
