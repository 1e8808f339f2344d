package garrison.apiserver.resource;

import garrison.apiserver.admission.AdmissionPlugin;
import garrison.apiserver.admission.DefaultTolerations;
import garrison.apiserver.admission.Lookup;
import garrison.apiserver.admission.NamespaceLifecycle;
import garrison.apiserver.admission.NewNodeTaint;
import garrison.apiserver.admission.Priorities;
import garrison.apiserver.admission.RuntimeClasses;
import garrison.apiserver.admission.ServiceAccounts;
import garrison.apiserver.auth.User;
import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Stored;
import garrison.apiserver.watch.WatchStream;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import garrison.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that can be done with objects, for all kinds alike: the API without HTTP.
 *
 * <p>All methods block, are meant for virtual threads, and are thread-safe. Refusals are {@link
 * StatusException}. A namespace is {@code ""} for kinds without one, and for all namespaces in
 * lists and watches. Reads are served from memory and show every write that was acknowledged to
 * anybody. Who may do what is the caller's business.
 */
public final class Resources implements AutoCloseable {
  /** Most events that wait for one watch; a fleet's burst of writes must fit. */
  private static final int WATCH_CAPACITY = 10_000;

  private final Store store;
  private final InstantSource clock;
  private final ResourceCache cache;
  private final Codec codec;
  private final Creation creation;
  private final Update update;
  private final Deletion deletion;
  private final Binding binding;
  private final Eviction eviction;
  private final Lists lists;
  private final Watches watches;
  private final HistoryKeeper history;
  private final EventExpiry expiry;
  private final Map<Kind, ReviewHandler> reviews = new ConcurrentHashMap<>();
  private final Map<String, Post> posts = new ConcurrentHashMap<>();

  private record Post(Kind body, PostHandler handler) {}

  private Resources(
      Store store,
      Codec codec,
      InstantSource clock,
      RandomGenerator random,
      List<AdmissionPlugin> more) {
    this.store = store;
    this.clock = clock;
    this.codec = codec;
    this.cache =
        new ResourceCache(
            store,
            Kinds.all().stream().filter(kind -> !kind.has(Trait.REVIEW)).toList(),
            codec,
            WATCH_CAPACITY);
    Lookup lookup = new CacheLookup(cache);
    List<AdmissionPlugin> plugins =
        new ArrayList<>(
            List.of(
                new NamespaceLifecycle(lookup),
                new ServiceAccounts(lookup, random),
                new NewNodeTaint(),
                new Priorities(lookup),
                new DefaultTolerations(),
                new RuntimeClasses(lookup)));
    plugins.addAll(more);
    Admission admission = new Admission(plugins);
    Answers answers = new Answers(codec);
    SystemMetadata system = new SystemMetadata(clock, random);
    Writer writer = new Writer(store, cache, codec);
    Retry retry = new Retry(cache, writer);
    creation = new Creation(cache, writer, codec, admission, system, answers);
    update = new Update(cache, writer, retry, codec, admission, creation, answers);
    deletion = new Deletion(cache, writer, retry, admission, system, answers);
    binding = new Binding(retry, writer, codec, clock, answers);
    eviction = new Eviction(cache, codec, admission, retry, update, deletion, clock, answers);
    lists = new Lists(cache);
    watches = new Watches(cache);
    history = new HistoryKeeper(store, cache);
    expiry = new EventExpiry(cache, deletion);
  }

  /**
   * Opens the API over a store: fills the cache, and creates what every cluster starts with.
   *
   * @param random for uids and generated names
   * @param more admission plug-ins besides the built-in ones, after them
   */
  public static Resources open(
      Store store, InstantSource clock, RandomGenerator random, List<AdmissionPlugin> more) {
    Resources resources = new Resources(store, new SchemaCodec(), clock, random, more);
    Bootstrap.run(resources);
    return resources;
  }

  /** The decoding, patching and encoding that this uses. */
  public Codec codec() {
    return codec;
  }

  /** The revision up to which reads are complete. */
  public long revision() {
    return cache.revision();
  }

  /** Takes over the answering of a kind that is a question. */
  public void onReview(Kind kind, ReviewHandler handler) {
    reviews.put(kind, handler);
  }

  /**
   * Takes over the answering of posts to a subresource.
   *
   * @param body kind of what is posted, and answered
   */
  public void onPost(Kind kind, String subresource, Kind body, PostHandler handler) {
    posts.put(kind.qualifiedPlural() + "/" + subresource, new Post(body, handler));
  }

  /** One object, null where it is missing. */
  public @Nullable Stored find(Kind kind, String namespace, String name) {
    return cache.get(kind, namespace, name);
  }

  /**
   * One object; 404 where it is missing.
   *
   * @param resourceVersion empty, or a version that the answer must not be older than
   */
  public Stored get(Kind kind, String namespace, String name, String resourceVersion) {
    cache.awaitVersion(SystemMetadata.version(resourceVersion));
    Stored stored = cache.get(kind, namespace, name);
    if (stored == null) {
      throw StatusException.notFound(kind, name);
    }
    return stored;
  }

  /** One page of objects (spec: api-server 8.2). */
  public Page list(Kind kind, String namespace, ListRequest request) {
    return lists.list(kind, namespace, request);
  }

  /** Starts a watch (spec: api-server 9). What cannot be watched any more comes as an event. */
  public WatchStream watch(Kind kind, String namespace, WatchRequest request) {
    return watches.watch(kind, namespace, request);
  }

  private static void check(Kind kind, Verb verb) {
    if (!kind.allows(verb)) {
      throw StatusException.methodNotAllowed();
    }
  }

  /** Creates an object, or answers a question. */
  public Answer create(RequestContext context, Kind kind, String namespace, Body body) {
    check(kind, Verb.CREATE);
    if (kind.has(Trait.REVIEW)) {
      return review(context, kind, namespace, body);
    }
    if (kind.equals(Kinds.BINDING)) {
      return binding.bind(context, namespace, "", body);
    }
    return creation.create(context, kind, namespace, body);
  }

  private Answer review(RequestContext context, Kind kind, String namespace, Body body) {
    ReviewHandler handler = reviews.get(kind);
    if (handler == null) {
      throw StatusException.unknownResource();
    }
    ObjectNode question = codec.decode(kind, body, context.fieldValidation(), context.warnings());
    ObjectNode answer = handler.review(context, kind, namespace, question);
    return new Answers(codec).plain(201, kind, answer);
  }

  /**
   * Replaces an object, or a part of it.
   *
   * @param subresource such as status; empty for the object itself
   */
  public Answer update(
      RequestContext context,
      Kind kind,
      String namespace,
      String name,
      String subresource,
      Body body) {
    checkSubresource(kind, subresource, Verb.UPDATE);
    return update.replace(context, kind, namespace, name, subresource, body);
  }

  /** Patches an object, or a part of it (spec: api-server 11). */
  public Answer patch(
      RequestContext context,
      Kind kind,
      String namespace,
      String name,
      String subresource,
      PatchType type,
      Body patch) {
    checkSubresource(kind, subresource, Verb.PATCH);
    return update.patch(context, kind, namespace, name, subresource, type, patch);
  }

  /**
   * Keeps an object of the server's own as {@code wanted}, whatever its clients may do with its
   * kind: makes it where it is missing, and puts it back where it differs.
   *
   * @param wanted whole but for what the server writes; not changed
   */
  public void keep(Kind kind, String namespace, ObjectNode wanted) {
    RequestContext server = RequestContext.of(User.ADMIN);
    String name = Documents.name(wanted);
    if (find(kind, namespace, name) == null) {
      creation.create(server, kind, namespace, wanted.deepCopy());
    } else {
      update.replace(server, kind, namespace, name, "", Body.of(wanted));
    }
  }

  private static void checkSubresource(Kind kind, String subresource, Verb verb) {
    if (subresource.isEmpty()) {
      check(kind, verb);
      return;
    }
    Kind.Subresource part = kind.subresource(subresource);
    if (part == null) {
      throw StatusException.unknownResource();
    }
    if (!part.verbs().contains(verb)) {
      throw StatusException.methodNotAllowed();
    }
    switch (subresource) {
      case "status", "finalize", Update.EPHEMERAL_CONTAINERS -> {}
      case "resize" ->
          throw StatusException.badRequest(
              "this server does not support pods/resize: delete the pod, and create it with what it"
                  + " should have");
      default -> throw StatusException.methodNotAllowed();
    }
  }

  /** Posts to a subresource: {@code binding} and {@code eviction} of pods, and {@link #onPost}. */
  public Answer post(
      RequestContext context,
      Kind kind,
      String namespace,
      String name,
      String subresource,
      Body body) {
    Post post = posts.get(kind.qualifiedPlural() + "/" + subresource);
    if (post != null) {
      ObjectNode question =
          codec.decode(post.body(), body, context.fieldValidation(), context.warnings());
      return new Answers(codec)
          .plain(201, post.body(), post.handler().post(context, namespace, name, question));
    }
    if (!kind.equals(Kinds.POD)) {
      throw StatusException.unknownResource();
    }
    return switch (subresource) {
      case "binding" -> binding.bind(context, namespace, name, body);
      case "eviction" -> eviction.evict(context, namespace, name, body);
      default -> throw StatusException.methodNotAllowed();
    };
  }

  /** Deletes an object (spec: api-server 10.3). */
  public Answer delete(
      RequestContext context, Kind kind, String namespace, String name, DeleteRequest request) {
    check(kind, Verb.DELETE);
    return deletion.delete(context, kind, namespace, name, request);
  }

  /** Deletes all that a list would show, and answers that list. */
  public Page deleteCollection(
      RequestContext context,
      Kind kind,
      String namespace,
      ListRequest selected,
      DeleteRequest request) {
    check(kind, Verb.DELETECOLLECTION);
    request.check();
    Page page = lists.list(kind, namespace, selected);
    Parallel.forEach(
        page.items(),
        item -> {
          ObjectNode document = item.document();
          deletion.deleteIfPresent(
              context,
              kind,
              Documents.namespace(document),
              Documents.name(document),
              request.onlyThis(Documents.uid(document)));
        });
    return page;
  }

  /**
   * Forgets old history and old events. Whoever runs the server calls it at a steady pace, such as
   * every minute; between two calls both grow.
   *
   * @param keep how far back a client may still go on
   * @param mostChanges how many changes are kept at most, however recent
   */
  public void compact(Duration keep, long mostChanges) {
    history.compact(clock.instant(), keep, mostChanges);
    expiry.expire(clock.instant());
  }

  /** The store underneath. */
  Store store() {
    return store;
  }

  /** How many objects of a kind there are. */
  public int count(Kind kind) {
    return cache.count(kind);
  }

  /** How many watches of a kind run. */
  public int watchCount(Kind kind) {
    return cache.watches(kind);
  }

  /** Ends all watches. The store stays open. */
  @Override
  public void close() {
    cache.close();
  }
}
