package garrison.daemonset;

import garrison.model.DaemonSet;
import garrison.model.Node;
import garrison.model.json.Json;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Small documents for tests. */
public final class Fixtures {
  private Fixtures() {}

  /** Reads JSON written with single quotes. */
  public static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  /** A DaemonSet "log" with one container; {@code change} may alter the document. */
  public static DaemonSet daemonSet(Consumer<ObjectNode> change) {
    ObjectNode document =
        json(
            """
            {'apiVersion':'apps/v1','kind':'DaemonSet',
             'metadata':{'name':'log','namespace':'ops','uid':'ds-uid','generation':1,'resourceVersion':'7',
               'annotations':{'deprecated.daemonset.template.generation':'1'}},
             'spec':{'selector':{'matchLabels':{'app':'log'}},'revisionHistoryLimit':10,
               'updateStrategy':{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':1,'maxSurge':0}},
               'template':{'metadata':{'labels':{'app':'log'}},
                 'spec':{'containers':[{'name':'c','image':'i:1'}]}}},
             'status':{'observedGeneration':1}}
            """);
    change.accept(document);
    return DaemonSet.of(document);
  }

  public static DaemonSet daemonSet() {
    return daemonSet(document -> {});
  }

  /** A DaemonSet whose template's pod spec has these members too. */
  public static DaemonSet withPodSpec(String members) {
    return daemonSet(
        document -> ((ObjectNode) document.at("/spec/template/spec")).setAll(json(members)));
  }

  /** A DaemonSet with that update strategy. */
  public static DaemonSet withStrategy(String strategy) {
    return daemonSet(
        document -> ((ObjectNode) document.get("spec")).set("updateStrategy", json(strategy)));
  }

  public static DaemonSet rolling(Object maxUnavailable, Object maxSurge) {
    return withStrategy(
        "{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':%s,'maxSurge':%s}}"
            .formatted(quoted(maxUnavailable), quoted(maxSurge)));
  }

  private static String quoted(Object value) {
    return value instanceof String text ? "'" + text + "'" : value.toString();
  }

  public static Node node(String name, String labels, String taints) {
    return Node.of(
        json(
            "{'metadata':{'name':'%s','labels':%s},'spec':{'taints':%s}}"
                .formatted(name, labels, taints)));
  }

  public static Node node(String name) {
    return node(name, "{}", "[]");
  }

  public static Node tainted(String name, String effect) {
    return node(name, "{}", "[{'key':'k','value':'v','effect':'%s'}]".formatted(effect));
  }
}
