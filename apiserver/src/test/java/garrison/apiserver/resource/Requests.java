package garrison.apiserver.resource;

import garrison.model.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** The objects that the tests send. */
final class Requests {
  private Requests() {}

  static ObjectNode named(String name) {
    return parse("{\"metadata\": {\"name\": \"%s\"}}".formatted(name));
  }

  static ObjectNode configMap(String name) {
    return named(name);
  }

  static ObjectNode pod(String name) {
    return parse(
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"},
         "spec": {"containers": [{"name": "c", "image": "nginx"}],
                  "terminationGracePeriodSeconds": 30}}
        """
            .formatted(name));
  }

  static ObjectNode daemonSet(String name) {
    return parse(
        """
        {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "%s"},
         "spec": {"selector": {"matchLabels": {"app": "a"}},
                  "template": {"metadata": {"labels": {"app": "a"}},
                               "spec": {"containers": [{"name": "c", "image": "nginx"}]}}}}
        """
            .formatted(name));
  }

  static ObjectNode parse(String json) {
    return (ObjectNode) Json.parse(json);
  }
}
