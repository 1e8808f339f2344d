package garrison.agent.pod;

import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.ContainerSpec.Profile;
import garrison.agent.runtime.ContainerSpec.SeLinux;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.SandboxSpec;
import garrison.model.json.Json;
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
  static @Nullable String breaksNonRoot(PodContext context, JsonNode container, Image image) {
    JsonNode own = container.path("securityContext").path("runAsNonRoot");
    JsonNode pod = context.spec().path("securityContext").path("runAsNonRoot");
    boolean nonRoot = own.isBoolean() ? own.booleanValue() : pod.asBoolean(false);
    Long user = user(context.spec(), container);
    Long effective = user != null ? user : image.uid();
    if (!nonRoot || (effective != null && effective != 0)) {
      return null;
    }
    String where =
        " (pod: \""
            + context.full()
            + "\", container: "
            + container.path("name").asString("")
            + ")";
    if (user != null) {
      return "container's runAsUser breaks non-root policy" + where;
    }
    return image.username().isEmpty()
        ? "container has runAsNonRoot and image will run as root" + where
        : "container has runAsNonRoot and image has non-numeric user ("
            + image.username()
            + "), cannot verify user is non-root"
            + where;
  }

  /** Runtimes would let anybody pass mounts on to the node; the API should have refused it. */
  static @Nullable String breaksPropagation(JsonNode container) {
    if (container.path("securityContext").path("privileged").asBoolean(false)) {
      return null;
    }
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount.path("mountPropagation").asString("").equals("Bidirectional")) {
        return "Bidirectional mount propagation is available only to privileged containers";
      }
    }
    return null;
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
        group,
        List.copyOf(groups),
        pod.path("supplementalGroupsPolicy").asString("").equals("Strict"),
        own.path("privileged").asBoolean(false),
        own.path("allowPrivilegeEscalation").asBoolean(true),
        List.copyOf(add),
        List.copyOf(drop),
        own.path("readOnlyRootFilesystem").asBoolean(false),
        own.path("procMount").asString("").equals("Unmasked"),
        profile(own, pod, "seccompProfile"),
        profile(own, pod, "appArmorProfile"),
        seLinux(own.has("seLinuxOptions") ? own : pod));
  }

  /** The same as the user of the image, where none was asked for: a group alone is refused. */
  static ContainerSpec.Security as(Image image, ContainerSpec.Security asked) {
    boolean named = image.uid() == null && !image.username().isEmpty();
    if (asked.user() != null || named) {
      return asked;
    }
    return asked.as(image.uid() == null ? Long.valueOf(0) : image.uid());
  }

  /** Of the sandbox itself: the pod's user, and what the most privileged container needs. */
  static SandboxSpec.Security ofSandbox(JsonNode podSpec) {
    JsonNode pod = podSpec.path("securityContext");
    boolean privileged = false;
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      for (JsonNode container : podSpec.path(list)) {
        privileged |= container.path("securityContext").path("privileged").asBoolean(false);
      }
    }
    ContainerSpec.Security whole = of(podSpec, Json.object());
    return new SandboxSpec.Security(
        privileged,
        number(pod, "runAsUser"),
        number(pod, "runAsGroup"),
        whole.supplementalGroups(),
        Profile.RUNTIME_DEFAULT);
  }

  private static @Nullable Long number(JsonNode context, String member) {
    JsonNode value = context.path(member);
    return value.isIntegralNumber() ? Long.valueOf(value.longValue()) : null;
  }

  private static Profile profile(JsonNode own, JsonNode pod, String member) {
    JsonNode profile = own.has(member) ? own.path(member) : pod.path(member);
    return profile.isEmpty()
        ? Profile.NONE
        : new Profile(
            profile.path("type").asString(""), profile.path("localhostProfile").asString(""));
  }

  private static @Nullable SeLinux seLinux(JsonNode context) {
    JsonNode options = context.path("seLinuxOptions");
    return options.isEmpty()
        ? null
        : new SeLinux(
            options.path("user").asString(""),
            options.path("role").asString(""),
            options.path("type").asString(""),
            options.path("level").asString(""));
  }
}
