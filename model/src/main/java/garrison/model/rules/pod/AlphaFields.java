package garrison.model.rules.pod;

import garrison.model.rules.check.Members;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fields whose feature is switched off in 1.37 by default: they are dropped without a word (spec:
 * api-server 15.1). In place.
 */
public final class AlphaFields {
  private AlphaFields() {}

  /** Drops them from a pod spec. */
  public static void drop(ObjectNode spec) {
    spec.remove(List.of("evictionResponders", "schedulingGroup"));
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      Members.each(spec, list, AlphaFields::container);
    }
    Members.each(spec, "volumes", AlphaFields::volume);
  }

  private static void container(ObjectNode container) {
    Members.each(container, "volumeMounts", mount -> mount.remove("bindMountOptions"));
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      Members.with(container, probe, AlphaFields::handler);
    }
    Members.with(
        container,
        "lifecycle",
        lifecycle -> {
          Members.with(lifecycle, "postStart", AlphaFields::handler);
          Members.with(lifecycle, "preStop", AlphaFields::handler);
        });
  }

  private static void handler(ObjectNode handler) {
    Members.with(handler, "grpc", grpc -> grpc.remove("mode"));
    Members.with(handler, "httpGet", get -> get.remove("protocol"));
  }

  private static void volume(ObjectNode volume) {
    Members.with(volume, "emptyDir", directory -> directory.remove("mode"));
    for (String files : List.of("configMap", "secret", "downwardAPI", "projected")) {
      Members.with(
          volume,
          files,
          source -> {
            source.remove("defaultUser");
            Members.each(source, "items", item -> item.remove("user"));
            Members.each(source, "sources", AlphaFields::projection);
          });
    }
  }

  private static void projection(ObjectNode projection) {
    for (String member : projection.propertyNames()) {
      Members.with(
          projection,
          member,
          source -> {
            source.remove("user");
            Members.each(source, "items", item -> item.remove("user"));
          });
    }
  }
}
