package garrison.apiserver.admission;

/**
 * One reason to complete or refuse a write (spec: api-server 10.2). All plug-ins mutate, in their
 * order, before the object is prepared and validated; then all validate. Refusals are {@link
 * garrison.model.StatusException}. Thread-safe.
 */
public interface AdmissionPlugin {
  /** Completes the document in place, or refuses. */
  default void mutate(AdmissionRequest request) {}

  /** Refuses, or does nothing. */
  default void validate(AdmissionRequest request) {}
}
