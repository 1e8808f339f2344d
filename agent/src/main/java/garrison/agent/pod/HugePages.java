package garrison.agent.pod;

import garrison.agent.volume.VolumeException;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Which size of huge pages an emptyDir is made of (spec: node-agent 3.11). Pure. */
final class HugePages {
  private static final String MEDIUM = "HugePages-";
  private static final String RESOURCE = "hugepages-";

  private HugePages() {}

  /**
   * As the kernel writes sizes, such as {@code 2M}: the medium names one, or the pod asks for one
   * only.
   */
  static String size(JsonNode podSpec, String medium) throws VolumeException {
    if (medium.startsWith(MEDIUM)) {
      return kernel(medium.substring(MEDIUM.length()));
    }
    TreeSet<String> sizes = new TreeSet<>();
    for (String list : List.of("initContainers", "containers")) {
      for (JsonNode container : podSpec.path(list)) {
        for (String name : container.path("resources").path("requests").propertyNames()) {
          if (name.startsWith(RESOURCE)) {
            sizes.add(name.substring(RESOURCE.length()));
          }
        }
      }
    }
    if (sizes.size() != 1) {
      throw new VolumeException(
          sizes.isEmpty()
              ? "failed to get page size for pod: no hugepages requested"
              : "medium HugePages can only be used if container requests only one size");
    }
    return kernel(sizes.first());
  }

  private static String kernel(String quantity) {
    return quantity.endsWith("i") ? quantity.substring(0, quantity.length() - 1) : quantity;
  }
}
