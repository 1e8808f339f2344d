package garrison.control.binding;

import garrison.client.cache.ObjectKey;
import garrison.model.DisruptionBudget;
import garrison.model.Node;
import garrison.model.Pod;
import garrison.model.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Nodes and pods for the tests of this package, written in JSON with single quotes. */
final class Given {
  private Given() {}

  static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  /** Two cores, 4 GiB, three pods; its label {@code name} is its name. */
  static Node node(String name, String spec) {
    return node(name, "", spec, "'cpu':'2','memory':'4Gi','pods':'3'");
  }

  /** The same with more labels, and other resources. */
  static Node node(String name, String labels, String spec, String allocatable) {
    return Node.of(
        json(
            "{'metadata':{'name':'"
                + name
                + "','labels':{'name':'"
                + name
                + "'"
                + (labels.isEmpty() ? "" : "," + labels)
                + "}},'spec':{"
                + spec
                + "},'status':{'allocatable':{"
                + allocatable
                + "}}}"));
  }

  static Pod pod(String uid, String spec) {
    return pod(uid, "", spec, "");
  }

  /** In namespace {@code w}; its name is its uid. */
  static Pod pod(String uid, String labels, String spec, String status) {
    return Pod.of(
        json(
            "{'metadata':{'name':'"
                + uid
                + "','namespace':'w','uid':'"
                + uid
                + "','labels':{"
                + labels
                + "}},'spec':{"
                + spec
                + "},'status':{"
                + status
                + "}}"));
  }

  static String cpu(String amount) {
    return "'containers':[{'name':'c','resources':{'requests':{'cpu':'" + amount + "'}}}]";
  }

  /** The affinity that every daemon pod has. */
  static String target(String node) {
    return "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':"
        + "{'nodeSelectorTerms':[{'matchFields':[{'key':'metadata.name','operator':'In',"
        + "'values':['"
        + node
        + "']}]}]}}}";
  }

  /** What the ledger asks for, set by the test. */
  static final class Outside implements Ledger.Outside {
    final Map<String, Pod> newest = new HashMap<>();
    final List<DisruptionBudget> budgets = new ArrayList<>();
    final Map<String, Map<String, String>> namespaces = new HashMap<>();

    @Override
    public @Nullable Pod newest(ObjectKey key, String uid) {
      return newest.get(uid);
    }

    @Override
    public List<DisruptionBudget> budgets(String namespace) {
      return budgets.stream().filter(each -> each.namespace().equals(namespace)).toList();
    }

    @Override
    public Map<String, String> labelsOf(String namespace) {
      return namespaces.getOrDefault(namespace, Map.of());
    }
  }
}
