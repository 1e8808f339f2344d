package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.List;
import java.util.Set;

/** Names of resources, and which quantities they take (spec: api-server 15.2). */
public final class ResourceNames {
  private static final String HUGE_PAGES = "hugepages-";

  private static final Set<String> CONTAINER = Set.of("cpu", "memory", "ephemeral-storage");

  private static final Set<String> COUNTED =
      Set.of(
          "pods",
          "resourcequotas",
          "services",
          "replicationcontrollers",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers");

  private static final Set<String> OTHER_STANDARD =
      Set.of(
          "requests.cpu",
          "requests.memory",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage",
          "storage",
          "requests.storage");

  private ResourceNames() {}

  static boolean isHugePages(String name) {
    return name.startsWith(HUGE_PAGES);
  }

  /** Whether a pod may be promised less than it may use. */
  static boolean allowsOvercommit(String name) {
    return isNative(name) && !isHugePages(name);
  }

  private static boolean isNative(String name) {
    return !name.contains("/") || name.contains("kubernetes.io/");
  }

  /** The name in a container's limits or requests. */
  static void ofContainer(At at, String name, Errors errors) {
    general(at, name, errors);
    if (!name.contains("/")) {
      if (!CONTAINER.contains(name) && !isHugePages(name)) {
        errors.invalid(at, name, "must be a standard resource for containers");
      }
    } else if (!isNative(name) && !isExtended(name)) {
      errors.invalid(at, name, "doesn't follow extended resource name standard");
    }
  }

  /** The name in a pod's own limits or requests. */
  static void ofPod(At at, String name, Errors errors) {
    int before = errors.count();
    general(at, name, errors);
    if (errors.count() == before && !isPodLevel(name)) {
      errors.notSupported(at, name, List.of("cpu", "memory"));
    }
  }

  static boolean isPodLevel(String name) {
    return name.equals("cpu") || name.equals("memory") || isHugePages(name);
  }

  private static void general(At at, String name, Errors errors) {
    List<String> wrong = Formats.qualifiedName(name);
    errors.invalid(at, name, wrong);
    if (wrong.isEmpty() && !name.contains("/") && !isStandard(name)) {
      errors.invalid(at, name, "must be a standard resource type or fully qualified");
    }
  }

  private static boolean isStandard(String name) {
    return CONTAINER.contains(name)
        || COUNTED.contains(name)
        || OTHER_STANDARD.contains(name)
        || isHugePages(name)
        || name.startsWith("requests." + HUGE_PAGES);
  }

  private static boolean isExtended(String name) {
    return !name.startsWith("requests.") && Formats.qualifiedName("requests." + name).isEmpty();
  }

  /** Not negative, and whole where half of one makes no sense. */
  public static void quantity(At at, String name, Quantity quantity, Errors errors) {
    if (quantity.signum() < 0) {
      errors.invalid(at, "must be greater than or equal to 0");
    }
    boolean extended = !isNative(name) && isExtended(name);
    if ((COUNTED.contains(name) || extended) && quantity.milli() % 1000 != 0) {
      errors.invalid(at, "must be an integer");
    }
  }

  /** What is wrong with an amount of huge pages, empty where nothing is. */
  static String hugePages(String name, Quantity quantity) {
    try {
      Quantity size = Quantity.parse(name.substring(HUGE_PAGES.length()));
      if (size.signum() > 0 && size.milli() % 1000 == 0 && quantity.value() % size.value() == 0) {
        return "";
      }
    } catch (IllegalArgumentException e) {
      // A size that is no quantity divides nothing: said below.
    }
    return quantity.written() + " is not positive integer multiple of " + name;
  }
}
