package garrison.apiserver.resource;

import garrison.model.StatusException;
import garrison.model.Timestamps;
import garrison.model.kind.Kind;
import garrison.model.kind.Trait;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/** The part of metadata that only the server writes (spec: api-server 10.1). */
final class SystemMetadata {
  private static final List<String> OURS =
      List.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields");

  private final InstantSource clock;
  private final RandomGenerator random;

  SystemMetadata(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /** The namespace of a body must be that of the URL, or missing. In place. */
  static void placeIn(Kind kind, String namespace, ObjectNode document) {
    ObjectNode metadata = Documents.metadata(document);
    String given = Documents.text(metadata, "namespace");
    if (!given.isEmpty() && !given.equals(namespace)) {
      throw StatusException.badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
    if (kind.namespaced()) {
      metadata.put("namespace", namespace);
    } else {
      metadata.remove("namespace");
    }
  }

  /** The name of a body must be that of the URL. */
  static void checkName(ObjectNode document, String name) {
    String given = Documents.name(document);
    if (given.isEmpty()) {
      throw StatusException.badRequest(
          "the name of the object ("
              + name
              + " based on URL) was undeterminable: name must be provided");
    }
    if (!given.equals(name)) {
      throw StatusException.badRequest(
          "the name of the object ("
              + given
              + ") does not match the name on the URL ("
              + name
              + ")");
    }
  }

  /** A resourceVersion is a decimal number. */
  static long version(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw StatusException.badRequest(
          "resourceVersion: Invalid value: \""
              + text
              + "\": strconv.ParseUint: parsing \""
              + text
              + "\": invalid syntax");
    }
  }

  /** Replaces whatever a client sent by the metadata of a new object. In place. */
  void fresh(Kind kind, ObjectNode document) {
    ObjectNode metadata = Documents.metadata(document);
    metadata.remove(OURS);
    metadata.put("uid", uid());
    metadata.put("creationTimestamp", Timestamps.seconds(clock.instant()));
    if (kind.has(Trait.GENERATION)) {
      metadata.put("generation", 1);
    }
  }

  /** A random UUID of version 4. */
  private String uid() {
    long high = random.nextLong() & ~0xF000L | 0x4000L;
    long low = random.nextLong() >>> 2 | 1L << 63;
    return new UUID(high, low).toString();
  }

  /**
   * Carries over from the present object what an update may not change, or may leave out. What is
   * then still different is left for validation to refuse. In place.
   */
  static void carryOver(ObjectNode document, ObjectNode old) {
    ObjectNode metadata = Documents.metadata(document);
    ObjectNode before = Documents.metadata(old);
    metadata.remove(List.of("selfLink", "managedFields"));
    for (String member : List.of("creationTimestamp", "generation")) {
      Documents.carry(before, metadata, member);
    }
    if (Documents.text(metadata, "uid").isEmpty()) {
      Documents.carry(before, metadata, "uid");
    }
    if (before.has("deletionTimestamp")) {
      Documents.carry(before, metadata, "deletionTimestamp");
    }
    if (before.has("deletionGracePeriodSeconds") && !metadata.has("deletionGracePeriodSeconds")) {
      Documents.carry(before, metadata, "deletionGracePeriodSeconds");
    }
  }

  /** Counts a change of the specification, where the kind counts. In place. */
  static void countGeneration(Kind kind, ObjectNode document, ObjectNode old) {
    if (kind.has(Trait.GENERATION) && !Documents.sameSpec(document, old)) {
      bumpGeneration(document);
    }
  }

  /** One more, where it counts at all. In place. */
  static void bumpGeneration(ObjectNode document) {
    ObjectNode metadata = Documents.metadata(document);
    long generation = metadata.path("generation").asLong(0);
    if (generation > 0) {
      Documents.put(metadata, "generation", generation + 1);
    }
  }

  /** Says that the object is being deleted. In place. */
  void markDeleting(ObjectNode document, long graceSeconds) {
    ObjectNode metadata = Documents.metadata(document);
    metadata.put(
        "deletionTimestamp", Timestamps.seconds(clock.instant().plusSeconds(graceSeconds)));
    Documents.put(metadata, "deletionGracePeriodSeconds", graceSeconds);
  }

  /** A name from a prefix: five characters that spell no words. */
  String generated(String prefix) {
    String alphabet = "bcdfghjklmnpqrstvwxz2456789";
    StringBuilder name = new StringBuilder(prefix.substring(0, Math.min(58, prefix.length())));
    for (int i = 0; i < 5; i++) {
      name.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return name.toString();
  }
}
