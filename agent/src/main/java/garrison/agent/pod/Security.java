package garrison.agent.pod;

import garrison.agent.runtime.ContainerSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The security contexts of pod and container taken together: the container's comes first. Pure. */
final class Security {
  private Security() {}

  /** runAsUser, null where none is set. */
  static @Nullable Long user(JsonNode podSpec, JsonNode container) {
    return number(podSpec, container, "runAsUser");
  }

  /** runAsGroup, null where none is set. */
  static @Nullable Long group(JsonNode podSpec, JsonNode container) {
    return number(podSpec, container, "runAsGroup");
  }

  private static @Nullable Long number(JsonNode podSpec, JsonNode container, String member) {
    JsonNode own = container.path("securityContext").path(member);
    JsonNode pod = podSpec.path("securityContext").path(member);
    return own.isIntegralNumber()
        ? Long.valueOf(own.longValue())
        : pod.isIntegralNumber() ? Long.valueOf(pod.longValue()) : null;
  }

  /** Why the container must not start as the user it would have; null where it may. */
  static @Nullable String breaksNonRoot(PodContext context, JsonNode container, boolean root) {
    JsonNode own = container.path("securityContext").path("runAsNonRoot");
    JsonNode pod = context.spec().path("securityContext").path("runAsNonRoot");
    boolean nonRoot = own.isBoolean() ? own.booleanValue() : pod.asBoolean(false);
    Long user = user(context.spec(), container);
    if (!nonRoot || (user != null && user != 0) || (user == null && !root)) {
      return null;
    }
    String where =
        " (pod: \""
            + context.full()
            + "\", container: "
            + container.path("name").asString("")
            + ")";
    return user == null
        ? "container has runAsNonRoot and image will run as root" + where
        : "container's runAsUser breaks non-root policy" + where;
  }

  /** In the runtime's terms. */
  static ContainerSpec.Security of(JsonNode podSpec, JsonNode container) {
    JsonNode pod = podSpec.path("securityContext");
    JsonNode own = container.path("securityContext");
    List<Long> groups = new ArrayList<>();
    if (pod.path("fsGroup").isIntegralNumber()) {
      groups.add(pod.path("fsGroup").longValue());
    }
    pod.path("supplementalGroups").forEach(group -> groups.add(group.longValue()));
    List<String> drop = new ArrayList<>();
    own.path("capabilities").path("drop").forEach(name -> drop.add(name.asString("")));
    List<String> add = new ArrayList<>();
    own.path("capabilities").path("add").forEach(name -> add.add(name.asString("")));
    Long user = user(podSpec, container);
    Long group = group(podSpec, container);
    return new ContainerSpec.Security(
        user,
        group == null && user != null ? Long.valueOf(0) : group,
        List.copyOf(groups),
        own.path("allowPrivilegeEscalation").asBoolean(true),
        List.copyOf(add),
        List.copyOf(drop),
        own.path("readOnlyRootFilesystem").asBoolean(false));
  }
}
