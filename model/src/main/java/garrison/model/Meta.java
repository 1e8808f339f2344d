package garrison.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The metadata of an object. Immutable.
 *
 * @param namespace empty for kinds without one
 * @param name its name
 * @param uid its identity, empty before the server gave it one
 * @param resourceVersion of the state read, empty before it was stored
 * @param generation of its spec, 0 where the kind does not count
 * @param labels never null
 * @param annotations never null
 * @param ownerReferences never null
 * @param finalizers never null
 * @param creationTimestamp null before it was stored
 * @param deletionTimestamp when it is to be gone, null where nobody deleted it
 * @param deletionGracePeriodSeconds seconds, null where nobody deleted it
 */
public record Meta(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    long generation,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<OwnerReference> ownerReferences,
    List<String> finalizers,
    @Nullable Instant creationTimestamp,
    @Nullable Instant deletionTimestamp,
    @Nullable Long deletionGracePeriodSeconds) {
  /** Reads {@code metadata} of a document. */
  public static Meta of(JsonNode document) {
    JsonNode metadata = document.path("metadata");
    return new Meta(
        Fields.word(metadata, "namespace"),
        Fields.text(metadata, "name"),
        Fields.text(metadata, "uid"),
        Fields.text(metadata, "resourceVersion"),
        Fields.number(metadata, "generation", 0),
        Fields.texts(metadata.path("labels")),
        Fields.texts(metadata.path("annotations")),
        Fields.list(metadata.path("ownerReferences"), OwnerReference::of),
        Fields.list(
            metadata.path("finalizers"), finalizer -> SharedTexts.of(finalizer.asString(""))),
        SharedTexts.of(Timestamps.parse(metadata.path("creationTimestamp"))),
        Timestamps.parse(metadata.path("deletionTimestamp")),
        Fields.numberOrNull(metadata, "deletionGracePeriodSeconds"));
  }

  /** Whether somebody deleted it and it is still there. */
  public boolean deleting() {
    return deletionTimestamp != null;
  }

  /** The owner that manages it, null where none does. */
  public @Nullable OwnerReference controller() {
    for (OwnerReference owner : ownerReferences) {
      if (owner.controller()) {
        return owner;
      }
    }
    return null;
  }

  /** resourceVersion as a number, 0 where it has none. */
  public long version() {
    return resourceVersion.isEmpty() ? 0 : Long.parseLong(resourceVersion);
  }
}
