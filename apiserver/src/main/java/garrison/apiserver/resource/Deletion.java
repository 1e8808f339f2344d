package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.kind.Kind;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import garrison.store.RevisionMismatchException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes objects (spec: api-server 10.3, 10.4, 10.5). Either at once; or in two steps: first the
 * object says that it is being deleted, and whoever it waits for (finalizers, a pod's agent) makes
 * the second.
 */
final class Deletion {
  private static final long DEFAULT_GRACE_SECONDS = 30;

  private final ResourceCache cache;
  private final Writer writer;
  private final Retry retry;
  private final Admission admission;
  private final SystemMetadata system;
  private final Answers answers;

  Deletion(
      ResourceCache cache,
      Writer writer,
      Retry retry,
      Admission admission,
      SystemMetadata system,
      Answers answers) {
    this.cache = cache;
    this.writer = writer;
    this.retry = retry;
    this.admission = admission;
    this.system = system;
    this.answers = answers;
  }

  Answer delete(
      RequestContext context, Kind kind, String namespace, String name, DeleteRequest request) {
    request.check();
    return retry.until(
        kind,
        namespace,
        name,
        current -> {
          ObjectNode old = current.document();
          admission.validate(
              Admission.request(context, Verb.DELETE, kind, "", namespace, name, null, old));
          checkPreconditions(kind, name, request, current);
          return kind.has(Trait.SPEC_FINALIZERS)
              ? deleteInPhases(context, kind, request, current)
              : delete(context, kind, request, current);
        });
  }

  /** Deletes an object that may be gone, or be another one, by now. */
  void deleteIfPresent(
      RequestContext context, Kind kind, String namespace, String name, DeleteRequest request) {
    try {
      delete(context, kind, namespace, name, request);
    } catch (StatusException e) {
      if (e.reason() != StatusReason.NOT_FOUND && e.reason() != StatusReason.CONFLICT) {
        throw e;
      }
    }
  }

  /** Refuses (409) an object that is not the one, or not at the version, that was meant. */
  static void checkPreconditions(Kind kind, String name, DeleteRequest request, Stored current) {
    String uid = request.uid();
    String record = Documents.uid(current.document());
    if (uid != null && !uid.equals(record)) {
      throw Refusals.precondition(
          kind,
          name,
          "the UID in the precondition ("
              + uid
              + ") does not match the UID in record ("
              + record
              + "). The object might have been deleted and then recreated");
    }
    String version = request.resourceVersion();
    if (version != null && !version.equals(Long.toString(current.revision()))) {
      throw Refusals.precondition(
          kind,
          name,
          "the ResourceVersion in the precondition ("
              + version
              + ") does not match the ResourceVersion in record ("
              + current.revision()
              + "). The object might have been modified");
    }
  }

  private Answer delete(RequestContext context, Kind kind, DeleteRequest request, Stored current) {
    ObjectNode document = Documents.withMetadataCopied(current.document());
    boolean graceful = kind.has(Trait.GRACEFUL_DELETE);
    long grace = graceful ? grace(document, request) : 0;
    if (graceful && Documents.deleting(document)) {
      if (!shorten(document, request.gracePeriodSeconds())) {
        return answers.stored(200, current);
      }
      grace = Math.max(0, Documents.metadata(document).path("deletionGracePeriodSeconds").asLong());
      Finalizers.apply(request, document);
    } else {
      Finalizers.apply(request, document);
      if (graceful || Documents.hasFinalizers(document)) {
        if (!Documents.deleting(document)) {
          system.markDeleting(document, grace);
          SystemMetadata.bumpGeneration(document);
        } else {
          Documents.metadata(document).put("deletionGracePeriodSeconds", 0);
        }
      }
    }
    boolean stays = Documents.hasFinalizers(document) || grace > 0;
    if (stays) {
      Answer answer = store(context, kind, document, current);
      return Boolean.FALSE.equals(request.orphanDependents())
          ? answers.withCode(202, answer)
          : answer;
    }
    if (context.dryRun()) {
      return removed(kind, document, null);
    }
    if (!graceful) {
      Stored gone = writer.remove(kind, current);
      return removed(kind, gone.document(), gone);
    }
    return removeMarked(kind, document, current);
  }

  /** A pod goes in two writes: watchers see it marked before they see it gone. */
  private Answer removeMarked(Kind kind, ObjectNode document, Stored current) {
    String uid = Documents.uid(document);
    String namespace = Documents.namespace(document);
    String name = Documents.name(document);
    Stored marked = put(kind, document, current);
    while (true) {
      try {
        Stored gone = writer.remove(kind, marked);
        return removed(kind, gone.document(), gone);
      } catch (RevisionMismatchException e) {
        writer.catchUp(e);
        Stored now = cache.get(kind, namespace, name);
        if (now == null || !Documents.uid(now.document()).equals(uid)) {
          // Somebody else finished it: that is what was asked for.
          return removed(kind, marked.document(), marked);
        }
        marked = now;
      }
    }
  }

  private Stored put(Kind kind, ObjectNode document, Stored current) {
    Documents.metadata(document).put("resourceVersion", Long.toString(current.revision()));
    return Documents.same(document, current.document())
        ? current
        : writer.put(kind, current.key(), document, current.revision());
  }

  private Answer store(RequestContext context, Kind kind, ObjectNode document, Stored current) {
    if (context.dryRun()) {
      return answers.plain(200, kind, document);
    }
    return answers.stored(200, put(kind, document, current));
  }

  private Answer removed(Kind kind, ObjectNode last, @Nullable Stored gone) {
    if (!kind.has(Trait.DELETE_ANSWERS_OBJECT)) {
      return answers.removed(kind, last);
    }
    return gone == null ? answers.plain(200, kind, last) : answers.stored(200, gone);
  }

  /** How long a pod may take to end. */
  private static long grace(ObjectNode pod, DeleteRequest request) {
    JsonNode spec = pod.path("spec");
    String phase = Documents.text(pod.path("status"), "phase");
    if (Documents.text(spec, "nodeName").isEmpty()
        || phase.equals("Succeeded")
        || phase.equals("Failed")) {
      return 0;
    }
    Long asked = request.gracePeriodSeconds();
    long grace =
        asked != null
            ? asked
            : spec.path("terminationGracePeriodSeconds").asLong(DEFAULT_GRACE_SECONDS);
    return grace < 0 ? 1 : grace;
  }

  /** A pod that is being deleted can only be made to go sooner. In place; false for no change. */
  private static boolean shorten(ObjectNode pod, @Nullable Long asked) {
    ObjectNode metadata = Documents.metadata(pod);
    long present = metadata.path("deletionGracePeriodSeconds").asLong(0);
    if (present == 0) {
      // Only finalizers keep it, or a crash between the two writes left it over.
      return true;
    }
    if (asked == null) {
      return false;
    }
    long wanted = asked < 0 ? 1 : asked;
    Instant end = Timestamps.parse(metadata.path("deletionTimestamp"));
    if (end == null || wanted >= present) {
      return false;
    }
    metadata.put("deletionTimestamp", Timestamps.seconds(end.plusSeconds(wanted - present)));
    Documents.put(metadata, "deletionGracePeriodSeconds", wanted);
    return true;
  }

  /** A namespace first ends its content; it goes when {@code spec.finalizers} is empty. */
  private Answer deleteInPhases(
      RequestContext context, Kind kind, DeleteRequest request, Stored current) {
    ObjectNode document = current.document().deepCopy();
    if (!Documents.deleting(document)) {
      Finalizers.apply(request, document);
      system.markDeleting(document, 0);
      Documents.metadata(document).remove("deletionGracePeriodSeconds");
      document.withObject("status").put("phase", "Terminating");
      return store(context, kind, document, current);
    }
    if (!document.path("spec").path("finalizers").isEmpty() || Documents.hasFinalizers(document)) {
      return answers.stored(200, current);
    }
    if (context.dryRun()) {
      return removed(kind, document, null);
    }
    Stored gone = writer.remove(kind, current);
    return removed(kind, gone.document(), gone);
  }
}
