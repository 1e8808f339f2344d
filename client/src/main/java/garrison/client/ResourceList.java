package garrison.client;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A page of objects at one version. Items carry apiVersion and kind.
 *
 * @param items the objects, by namespace and name; documents not to be changed
 * @param resourceVersion the version of the snapshot, from which a watch may go on
 * @param continueToken for the next page, empty at the end
 */
public record ResourceList(List<ObjectNode> items, String resourceVersion, String continueToken) {}
