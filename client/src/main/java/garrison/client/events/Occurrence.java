package garrison.client.events;

import java.time.Instant;

/** Something that happened to an object. */
record Occurrence(
    ObjectReference about, String type, String reason, String message, Instant time) {}
