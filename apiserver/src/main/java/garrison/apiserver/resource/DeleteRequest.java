package garrison.apiserver.resource;

import garrison.model.FieldError;
import garrison.model.StatusException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How to delete (spec: api-server 10.3); null means "not given".
 *
 * @param gracePeriodSeconds seconds
 * @param propagationPolicy Foreground, Background or Orphan
 * @param orphanDependents the older form of the policy
 * @param uid precondition
 * @param resourceVersion precondition
 */
public record DeleteRequest(
    @Nullable Long gracePeriodSeconds,
    @Nullable String propagationPolicy,
    @Nullable Boolean orphanDependents,
    @Nullable String uid,
    @Nullable String resourceVersion) {
  private static final List<String> POLICIES = List.of("Foreground", "Background", "Orphan");

  /** Default grace and policy. */
  public static final DeleteRequest DEFAULT = new DeleteRequest(null, null, null, null, null);

  /** Reads a DeleteOptions document; members it does not know are ignored, as upstream does. */
  public static DeleteRequest of(JsonNode options) {
    JsonNode preconditions = options.path("preconditions");
    return new DeleteRequest(
        options.path("gracePeriodSeconds").isIntegralNumber()
            ? options.path("gracePeriodSeconds").longValue()
            : null,
        text(options.path("propagationPolicy")),
        options.path("orphanDependents").isBoolean()
            ? options.path("orphanDependents").booleanValue()
            : null,
        text(preconditions.path("uid")),
        text(preconditions.path("resourceVersion")));
  }

  private static @Nullable String text(JsonNode value) {
    return value.isString() ? value.stringValue() : null;
  }

  /** Refuses options that contradict themselves (422). */
  public void check() {
    List<FieldError> errors = new ArrayList<>();
    if (propagationPolicy != null && orphanDependents != null) {
      errors.add(
          new FieldError(
              "propagationPolicy",
              FieldError.Type.INVALID,
              "Invalid value: \""
                  + propagationPolicy
                  + "\": orphanDependents and deletionPropagation cannot be both set"));
    } else if (propagationPolicy != null && !POLICIES.contains(propagationPolicy)) {
      errors.add(
          new FieldError(
              "propagationPolicy",
              FieldError.Type.NOT_SUPPORTED,
              "Unsupported value: \""
                  + propagationPolicy
                  + "\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""));
    }
    if (!errors.isEmpty()) {
      throw StatusException.invalid(Options.kind("DeleteOptions"), "", errors);
    }
  }

  /** Whether the object is to wait for its dependents. */
  boolean foreground() {
    return "Foreground".equals(propagationPolicy);
  }

  /** Whether the dependents are to stay. */
  boolean orphan() {
    return "Orphan".equals(propagationPolicy) || Boolean.TRUE.equals(orphanDependents);
  }

  /** The same, and only for an object that has not changed; what was asked for comes first. */
  DeleteRequest ifStill(long revision) {
    return resourceVersion == null ? atVersion(Long.toString(revision)) : this;
  }

  /** The same, for an object at this version. */
  DeleteRequest atVersion(String version) {
    return new DeleteRequest(gracePeriodSeconds, propagationPolicy, orphanDependents, uid, version);
  }

  /** The same, for this one object of a collection. */
  DeleteRequest onlyThis(String objectUid) {
    return new DeleteRequest(
        gracePeriodSeconds, propagationPolicy, orphanDependents, objectUid, null);
  }
}
