package garrison.apiserver.resource;

import garrison.apiserver.admission.AdmissionRequest;
import garrison.apiserver.watch.Keys;
import garrison.apiserver.watch.ResourceCache;
import garrison.apiserver.watch.Stored;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kind;
import garrison.model.kind.Trait;
import garrison.model.kind.Verb;
import garrison.model.rules.MetadataRules;
import garrison.store.RevisionMismatchException;
import garrison.store.Store;
import tools.jackson.databind.node.ObjectNode;

/** Creates objects: decode, place, default, admit, prepare, validate, store (10.2). */
final class Creation {
  /** How often a generated name may turn out to be taken. */
  private static final int NAME_ATTEMPTS = 8;

  private final ResourceCache cache;
  private final Writer writer;
  private final Codec codec;
  private final Admission admission;
  private final SystemMetadata system;
  private final Answers answers;

  Creation(
      ResourceCache cache,
      Writer writer,
      Codec codec,
      Admission admission,
      SystemMetadata system,
      Answers answers) {
    this.cache = cache;
    this.writer = writer;
    this.codec = codec;
    this.admission = admission;
    this.system = system;
    this.answers = answers;
  }

  Answer create(RequestContext context, Kind kind, String namespace, Body body) {
    ObjectNode document = codec.decode(kind, body, context.fieldValidation(), context.warnings());
    return create(context, kind, namespace, document);
  }

  /** Creates from a decoded document, which it takes over. */
  Answer create(RequestContext context, Kind kind, String namespace, ObjectNode document) {
    if (!Documents.resourceVersion(document).isEmpty() && !context.dryRun()) {
      throw StatusException.badRequest(
          "resourceVersion should not be set on objects to be created");
    }
    SystemMetadata.placeIn(kind, namespace, document);
    MetadataRules.warnings(document).forEach(context.warnings());
    MetadataRules.dropDuplicateOwners(document);
    ObjectNode metadata = Documents.metadata(document);
    String prefix = Documents.text(metadata, "generateName");
    boolean generated = Documents.text(metadata, "name").isEmpty() && !prefix.isEmpty();
    system.fresh(kind, document);
    kind.rules().applyDefaults(document);
    admission.mutate(request(context, kind, namespace, document));
    if (kind.subresource("status") != null && !kind.has(Trait.STATUS_AT_CREATE)) {
      document.remove("status");
    }
    for (int attempt = 1; ; attempt++) {
      ObjectNode candidate = document;
      if (generated) {
        candidate = document.deepCopy();
        Documents.metadata(candidate).put("name", system.generated(prefix));
      }
      try {
        return store(context, kind, namespace, candidate);
      } catch (StatusException e) {
        if (!generated || e.reason() != StatusReason.ALREADY_EXISTS) {
          throw e;
        }
        if (attempt == NAME_ATTEMPTS) {
          throw Refusals.noUniqueName(e);
        }
      }
    }
  }

  private Answer store(RequestContext context, Kind kind, String namespace, ObjectNode document) {
    kind.rules().prepareCreate(document);
    Validation.created(kind, document, context.warnings());
    admission.validate(request(context, kind, namespace, document));
    String name = Documents.name(document);
    String key = Keys.of(kind, namespace, name);
    Stored present = cache.get(kind, namespace, name);
    if (present != null) {
      throw Refusals.exists(kind, present);
    }
    if (context.dryRun()) {
      return answers.plain(201, kind, document);
    }
    try {
      return answers.stored(201, writer.put(kind, key, document, Store.ABSENT));
    } catch (RevisionMismatchException e) {
      writer.catchUp(e);
      present = cache.get(kind, namespace, name);
      throw present == null
          ? StatusException.alreadyExists(kind, name)
          : Refusals.exists(kind, present);
    }
  }

  private static AdmissionRequest request(
      RequestContext context, Kind kind, String namespace, ObjectNode document) {
    return Admission.request(
        context, Verb.CREATE, kind, "", namespace, Documents.name(document), document, null);
  }
}
