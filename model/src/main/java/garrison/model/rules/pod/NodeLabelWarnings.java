package garrison.model.rules.pod;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Labels of nodes that have another name today. */
public final class NodeLabelWarnings {
  private static final Map<String, String> DEPRECATED =
      Map.of(
          "beta.kubernetes.io/arch",
          instead("v1.14", "kubernetes.io/arch"),
          "beta.kubernetes.io/os",
          instead("v1.14", "kubernetes.io/os"),
          "failure-domain.beta.kubernetes.io/region",
          instead("v1.17", "topology.kubernetes.io/region"),
          "failure-domain.beta.kubernetes.io/zone",
          instead("v1.17", "topology.kubernetes.io/zone"),
          "beta.kubernetes.io/instance-type",
          instead("v1.17", "node.kubernetes.io/instance-type"),
          "app.kubernetes.io/created-by",
          "deprecated since v1.9",
          "scheduler.alpha.kubernetes.io/preferAvoidPods",
          "deprecated since v1.22; use Taints and Tolerations instead",
          "node-role.kubernetes.io/master",
          "use \"node-role.kubernetes.io/control-plane\" instead");

  private NodeLabelWarnings() {}

  private static String instead(String since, String name) {
    return "deprecated since " + since + "; use \"" + name + "\" instead";
  }

  /** What to say of a label, null where it is in order. */
  public static @Nullable String of(String key) {
    return DEPRECATED.get(key);
  }
}
