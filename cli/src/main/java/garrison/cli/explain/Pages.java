package garrison.cli.explain;

import garrison.client.Cluster;
import garrison.client.ListOptions;
import garrison.client.ResourceList;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Lists of any length, read page by page, so that no answer is too large. */
public final class Pages {
  private static final int SIZE = 500;

  private Pages() {}

  /**
   * All objects that the options pick, each made into what is needed of it at once.
   *
   * @param read null for an object that is of no interest
   */
  public static <T> List<T> all(
      Cluster cluster,
      Kind kind,
      String namespace,
      ListOptions options,
      Function<ObjectNode, @Nullable T> read) {
    List<T> all = new ArrayList<>();
    String next = "";
    do {
      ResourceList page;
      try {
        page = cluster.list(kind, namespace, page(options, SIZE, next));
      } catch (StatusException e) {
        if (e.reason() != StatusReason.EXPIRED || next.isEmpty()) {
          throw e;
        }
        // The snapshot is gone while we paged through it: all of it in one answer then.
        all.clear();
        page = cluster.list(kind, namespace, page(options, 0, ""));
      }
      for (ObjectNode item : page.items()) {
        T made = read.apply(item);
        if (made != null) {
          all.add(made);
        }
      }
      next = page.continueToken();
    } while (!next.isEmpty());
    return all;
  }

  private static ListOptions page(ListOptions options, int limit, String next) {
    return new ListOptions(
        options.labelSelector(), options.fieldSelector(), options.resourceVersion(), limit, next);
  }
}
