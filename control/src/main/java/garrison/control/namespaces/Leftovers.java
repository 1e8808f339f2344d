package garrison.control.namespaces;

import garrison.model.Timestamps;
import garrison.model.json.Json;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is still in a namespace that goes. Collects; not thread-safe. */
final class Leftovers {
  private final SortedMap<String, Integer> objects = new TreeMap<>();
  private final SortedMap<String, Integer> finalizers = new TreeMap<>();
  private final SortedMap<String, String> failures = new TreeMap<>();

  /** So many objects of a resource (such as {@code daemonsets.apps}). */
  void count(String resource, int count) {
    if (count > 0) {
      objects.merge(resource, count, Integer::sum);
    }
  }

  /** One object waits for this finalizer. */
  void countFinalizer(String finalizer) {
    finalizers.merge(finalizer, 1, Integer::sum);
  }

  /** A resource's objects could not be deleted. */
  void failed(String resource, String why) {
    failures.put(resource, why);
  }

  boolean none() {
    return objects.isEmpty() && failures.isEmpty();
  }

  /** The namespace's conditions, as a strategic patch of its status. */
  ObjectNode conditions(Instant now) {
    ObjectNode patch = Json.object();
    ArrayNode list = patch.putObject("status").putArray("conditions");
    add(
        list,
        now,
        "NamespaceDeletionDiscoveryFailure",
        false,
        "ResourcesDiscovered",
        "All resources successfully discovered");
    add(
        list,
        now,
        "NamespaceDeletionGroupVersionParsingFailure",
        false,
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed");
    boolean failed = !failures.isEmpty();
    add(
        list,
        now,
        "NamespaceDeletionContentFailure",
        failed,
        failed ? "ContentDeletionFailed" : "ContentDeleted",
        failed
            ? "Failed to delete all resource types, "
                + failures.size()
                + " remaining: "
                + String.join(", ", failures.values())
            : "All content successfully deleted, may be waiting on finalization");
    add(
        list,
        now,
        "NamespaceContentRemaining",
        !objects.isEmpty(),
        objects.isEmpty() ? "ContentRemoved" : "SomeResourcesRemain",
        objects.isEmpty()
            ? "All content successfully removed"
            : "Some resources are remaining: " + join(objects, " has ", " resource instances"));
    add(
        list,
        now,
        "NamespaceFinalizersRemaining",
        !finalizers.isEmpty(),
        finalizers.isEmpty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
        finalizers.isEmpty()
            ? "All content-preserving finalizers finished"
            : "Some content in the namespace has finalizers remaining: "
                + join(finalizers, " in ", " resource instances"));
    return patch;
  }

  /** What tells one state from another, so that an unchanged one is not written again. */
  String summary() {
    return objects + " " + finalizers + " " + failures;
  }

  private static String join(Map<String, Integer> counts, String between, String after) {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + between + entry.getValue() + after)
        .collect(Collectors.joining(", "));
  }

  private static void add(
      ArrayNode list, Instant now, String type, boolean status, String reason, String message) {
    ObjectNode condition = list.addObject();
    condition.put("type", type);
    condition.put("status", status ? "True" : "False");
    condition.put("lastTransitionTime", Timestamps.seconds(now));
    condition.put("reason", reason);
    condition.put("message", message);
  }
}
