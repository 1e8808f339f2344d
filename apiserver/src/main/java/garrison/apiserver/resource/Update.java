package garrison.apiserver.resource;

import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Stored;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.kind.Kind;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import garrison.model.rules.MetadataRules;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Replaces and patches objects and their subresources (spec: api-server 10.1, 10.2, 11). A write
 * that changes nothing stores nothing; one that takes the last finalizer of an object that is being
 * deleted removes it.
 */
final class Update {
  /** What a status write may change of an object besides its status. */
  private static final List<String> STATUS_METADATA =
      List.of("labels", "annotations", "finalizers", "ownerReferences");

  /** The subresource of containers for debugging. */
  static final String EPHEMERAL_CONTAINERS = "ephemeralcontainers";

  private final ResourceCache cache;
  private final Writer writer;
  private final Retry retry;
  private final Codec codec;
  private final Admission admission;
  private final Creation creation;
  private final Answers answers;

  Update(
      ResourceCache cache,
      Writer writer,
      Retry retry,
      Codec codec,
      Admission admission,
      Creation creation,
      Answers answers) {
    this.cache = cache;
    this.writer = writer;
    this.retry = retry;
    this.codec = codec;
    this.admission = admission;
    this.creation = creation;
    this.answers = answers;
  }

  /** PUT. */
  Answer replace(
      RequestContext context,
      Kind kind,
      String namespace,
      String name,
      String subresource,
      Body body) {
    ObjectNode sent = codec.decode(kind, body, context.fieldValidation(), context.warnings());
    SystemMetadata.checkName(sent, name);
    SystemMetadata.placeIn(kind, namespace, sent);
    if (subresource.isEmpty()
        && kind.has(Trait.CREATE_ON_UPDATE)
        && cache.get(kind, namespace, name) == null) {
      Documents.metadata(sent).remove("resourceVersion");
      return creation.create(context, kind, namespace, sent);
    }
    return retry.until(
        kind,
        namespace,
        name,
        current -> {
          checkUid(kind, namespace, name, sent, current);
          checkVersion(kind, name, sent, current);
          return write(context, kind, namespace, name, subresource, sent.deepCopy(), current);
        });
  }

  private static void checkUid(
      Kind kind, String namespace, String name, ObjectNode sent, Stored current) {
    String given = Documents.uid(sent);
    String present = Documents.uid(current.document());
    if (!given.isEmpty() && !given.equals(present)) {
      throw Refusals.otherUid(kind, namespace, name, given, present);
    }
  }

  private static void checkVersion(Kind kind, String name, ObjectNode sent, Stored current) {
    long given = SystemMetadata.version(Documents.resourceVersion(sent));
    if (given == 0 && kind.has(Trait.VERSIONED_UPDATE)) {
      throw Refusals.versionRequired(kind, name);
    }
    if (given != 0 && given != current.revision()) {
      throw StatusException.conflict(kind, name);
    }
  }

  /** PATCH. */
  Answer patch(
      RequestContext context,
      Kind kind,
      String namespace,
      String name,
      String subresource,
      PatchType type,
      Body patch) {
    return retry.until(
        kind,
        namespace,
        name,
        current -> {
          ObjectNode patched =
              codec.patched(
                  kind,
                  current.document(),
                  type,
                  patch,
                  context.fieldValidation(),
                  context.warnings());
          SystemMetadata.checkName(patched, name);
          SystemMetadata.placeIn(kind, namespace, patched);
          long version = SystemMetadata.version(Documents.resourceVersion(patched));
          if (version != 0 && version != current.revision()) {
            throw StatusException.conflict(kind, name);
          }
          return write(context, kind, namespace, name, subresource, patched, current);
        });
  }

  /** One attempt: {@code sent}, which it takes over, in the place of {@code current}. */
  Answer write(
      RequestContext context,
      Kind kind,
      String namespace,
      String name,
      String subresource,
      ObjectNode sent,
      Stored current) {
    ObjectNode old = current.document();
    MetadataRules.warnings(sent).forEach(context.warnings());
    MetadataRules.dropDuplicateOwners(sent);
    kind.rules().applyDefaults(sent);
    SystemMetadata.carryOver(sent, old);
    ObjectNode document =
        switch (subresource) {
          case "" -> sent;
          case "status" -> statusOf(kind, sent, old);
          case "finalize" -> finalizersOf(sent, old);
          case EPHEMERAL_CONTAINERS -> ephemeralContainersOf(sent, old);
          default -> throw StatusException.unknownResource();
        };
    var request =
        Admission.request(context, Verb.UPDATE, kind, subresource, namespace, name, document, old);
    admission.mutate(request);
    if (subresource.isEmpty()) {
      keep(kind, document, old);
      kind.rules().prepareUpdate(document, old);
      SystemMetadata.countGeneration(kind, document, old);
      Validation.updated(kind, document, old, context.warnings());
    } else if (subresource.equals("status")) {
      kind.rules().prepareStatusUpdate(document, old);
      Validation.statusUpdated(kind, document, old);
    } else if (subresource.equals(EPHEMERAL_CONTAINERS)) {
      kind.rules().prepareUpdate(document, old);
      SystemMetadata.countGeneration(kind, document, old);
      Validation.partUpdated(kind, subresource, document, old);
    } else {
      Validation.statusUpdated(kind, document, old);
    }
    admission.validate(request);
    return store(context, kind, document, current);
  }

  /** What an update of the object itself may not touch. */
  private static void keep(Kind kind, ObjectNode document, ObjectNode old) {
    if (kind.subresource("status") != null) {
      Documents.carry(old, document, "status");
    }
    if (kind.has(Trait.SPEC_FINALIZERS)) {
      Documents.carry(old, document, "spec");
    }
  }

  private static ObjectNode statusOf(Kind kind, ObjectNode sent, ObjectNode old) {
    ObjectNode document = old.deepCopy();
    Documents.carry(sent, document, "status");
    ObjectNode metadata = Documents.metadata(document);
    for (String member : STATUS_METADATA) {
      boolean ofPod = kind.has(Trait.GRACEFUL_DELETE) && member.equals("ownerReferences");
      if (!ofPod) {
        Documents.carry(Documents.metadata(sent), metadata, member);
      }
    }
    Documents.carry(Documents.metadata(sent), metadata, "uid");
    return document;
  }

  private static ObjectNode ephemeralContainersOf(ObjectNode sent, ObjectNode old) {
    ObjectNode document = old.deepCopy();
    Documents.carry(Documents.metadata(sent), Documents.metadata(document), "uid");
    Documents.carry(
        (ObjectNode) sent.path("spec"), document.withObject("spec"), "ephemeralContainers");
    return document;
  }

  private static ObjectNode finalizersOf(ObjectNode sent, ObjectNode old) {
    ObjectNode document = old.deepCopy();
    document.set("metadata", Documents.metadata(sent));
    JsonNode finalizers = sent.path("spec").path("finalizers");
    ObjectNode spec = document.withObject("spec");
    if (finalizers.isEmpty()) {
      spec.remove("finalizers");
    } else {
      spec.set("finalizers", finalizers);
    }
    return document;
  }

  /** Stores a finished document, or removes the object, or does nothing, as it demands. */
  Answer store(RequestContext context, Kind kind, ObjectNode document, Stored current) {
    ObjectNode old = current.document();
    Documents.metadata(document).put("resourceVersion", Long.toString(current.revision()));
    if (finished(kind, document)) {
      if (!context.dryRun()) {
        writer.remove(kind, current);
      }
      return answers.plain(200, kind, document);
    }
    if (Documents.same(codec.canonical(kind, document), codec.canonical(kind, old))) {
      return answers.stored(200, current);
    }
    if (context.dryRun()) {
      return answers.plain(200, kind, document);
    }
    return answers.stored(200, writer.put(kind, current.key(), document, current.revision()));
  }

  /** Whether nothing keeps a deleted object any more. */
  private static boolean finished(Kind kind, ObjectNode document) {
    return Documents.deleting(document)
        && !Documents.hasFinalizers(document)
        && Documents.metadata(document).path("deletionGracePeriodSeconds").asLong(0) == 0
        && !(kind.has(Trait.SPEC_FINALIZERS)
            && !document.path("spec").path("finalizers").isEmpty());
  }
}
