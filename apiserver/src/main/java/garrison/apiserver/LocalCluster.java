package garrison.apiserver;

import garrison.apiserver.auth.User;
import garrison.apiserver.resource.Answer;
import garrison.apiserver.resource.Body;
import garrison.apiserver.resource.DeleteRequest;
import garrison.apiserver.resource.ListRequest;
import garrison.apiserver.resource.Page;
import garrison.apiserver.resource.RequestContext;
import garrison.apiserver.resource.Resources;
import garrison.apiserver.resource.WatchRequest;
import garrison.apiserver.watch.Stored;
import garrison.client.Cluster;
import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.PatchType;
import garrison.client.ResourceList;
import garrison.client.Watch;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.model.kind.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The server as its own process sees it: the same operations, refusals and events as over HTTP,
 * with no bytes in between. Documents that come back are the cache's own; copy before you change
 * one.
 */
public final class LocalCluster implements Cluster {
  private final Resources resources;
  private final RequestContext context;

  /** As the administrator. */
  public LocalCluster(Resources resources) {
    this(resources, User.ADMIN);
  }

  private LocalCluster(Resources resources, User user) {
    this.resources = resources;
    this.context = RequestContext.of(user);
  }

  /** The same server as another user, for admission; nobody is authorized again in process. */
  public LocalCluster as(User user) {
    return new LocalCluster(resources, user);
  }

  @Override
  public ObjectNode get(Kind kind, String namespace, String name) {
    return resources.get(kind, namespace, name, "").document();
  }

  @Override
  public ResourceList list(Kind kind, String namespace, ListOptions options) {
    Page page =
        resources.list(
            kind,
            namespace,
            new ListRequest(
                options.labelSelector(),
                options.fieldSelector(),
                options.resourceVersion(),
                "",
                options.limit(),
                options.continueToken()));
    return new ResourceList(
        page.items().stream().map(Stored::document).toList(),
        Long.toString(page.revision()),
        page.continueToken());
  }

  @Override
  public ObjectNode create(Kind kind, String namespace, ObjectNode document) {
    return resources.create(context, kind, namespace, Body.of(document)).document();
  }

  @Override
  public ObjectNode update(Kind kind, ObjectNode document, String subresource) {
    JsonNode metadata = document.path("metadata");
    return resources
        .update(
            context,
            kind,
            metadata.path("namespace").asString(""),
            metadata.path("name").asString(""),
            subresource,
            Body.of(document))
        .document();
  }

  @Override
  public ObjectNode patch(
      Kind kind,
      String namespace,
      String name,
      PatchType type,
      JsonNode patch,
      String subresource) {
    return resources
        .patch(context, kind, namespace, name, subresource, type, Body.of(patch))
        .document();
  }

  @Override
  public ObjectNode post(
      Kind kind, String namespace, String name, String subresource, ObjectNode body) {
    return resources.post(context, kind, namespace, name, subresource, Body.of(body)).document();
  }

  @Override
  public ObjectNode delete(Kind kind, String namespace, String name, DeleteOptions options) {
    Answer answer =
        resources.delete(
            context,
            kind,
            namespace,
            name,
            new DeleteRequest(
                options.gracePeriodSeconds() == DeleteOptions.DEFAULT_GRACE
                    ? null
                    : options.gracePeriodSeconds(),
                given(options.propagationPolicy()),
                null,
                given(options.uid()),
                given(options.resourceVersion())));
    return answer.document();
  }

  private static @Nullable String given(String option) {
    return option.isEmpty() ? null : option;
  }

  @Override
  public Watch watch(Kind kind, String namespace, WatchOptions options, WatchListener listener) {
    boolean initial = options.sendInitialEvents();
    WatchRequest request =
        new WatchRequest(
            options.labelSelector(),
            options.fieldSelector(),
            options.resourceVersion(),
            initial ? "NotOlderThan" : "",
            initial ? Boolean.TRUE : null,
            true);
    return LocalWatch.start(resources.watch(kind, namespace, request), listener);
  }
}
