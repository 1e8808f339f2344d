package garrison.apiserver.auth;

import garrison.apiserver.resource.ListRequest;
import garrison.apiserver.resource.Resources;
import garrison.apiserver.watch.Stored;
import garrison.model.kind.Kinds;
import tools.jackson.databind.JsonNode;

/**
 * The graph as it is in the server's cache now. A question costs a look at the node's own pods,
 * which the cache has by node; nothing is kept beside it that could be stale.
 */
public final class ServedNodeGraph implements NodeGraph {
  private final Resources resources;

  /** Over these objects. */
  public ServedNodeGraph(Resources resources) {
    this.resources = resources;
  }

  @Override
  public boolean runs(String node, String namespace, String pod) {
    Stored found = resources.find(Kinds.POD, namespace, pod);
    return found != null
        && found.document().path("spec").path("nodeName").asString("").equals(node);
  }

  @Override
  public boolean uses(String node, String resource, String namespace, String name) {
    ListRequest ofNode = new ListRequest("", "spec.nodeName=" + node, "0", "", 0, "");
    return resources.list(Kinds.POD, namespace, ofNode).items().stream()
        .anyMatch(pod -> names(pod.document(), resource, name));
  }

  private static boolean names(JsonNode pod, String resource, String name) {
    if (resource.equals("serviceaccounts")) {
      return pod.path("spec").path("serviceAccountName").asString("").equals(name);
    }
    return PodReferences.of(pod).contains(new PodReferences.Reference(resource, name));
  }
}
