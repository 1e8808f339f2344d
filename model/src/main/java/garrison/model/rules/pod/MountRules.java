package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Where a container mounts the volumes of its pod (spec: api-server 15.2). */
final class MountRules {
  private static final List<String> PROPAGATIONS =
      List.of("Bidirectional", "HostToContainer", "None");
  private static final List<String> RECURSIVE_READ_ONLY =
      List.of("Disabled", "Enabled", "IfPossible");

  private MountRules() {}

  static void validate(At container, Map<String, JsonNode> volumes, Errors errors) {
    At mounts = container.child("volumeMounts");
    At devices = container.child("volumeDevices");
    mounts(container, mounts, paths(devices, "devicePath"), volumes, errors);
    devices(devices, paths(mounts, "mountPath"), volumes, errors);
  }

  private static Map<String, String> paths(At list, String member) {
    Map<String, String> paths = new HashMap<>();
    for (At item : list.items()) {
      paths.put(item.text("name"), item.text(member));
    }
    return paths;
  }

  private static void mounts(
      At container,
      At mounts,
      Map<String, String> devices,
      Map<String, JsonNode> volumes,
      Errors errors) {
    Set<String> points = new HashSet<>();
    for (At mount : mounts.items()) {
      At name = mount.child("name");
      if (name.text().isEmpty()) {
        errors.required(name);
      }
      if (!volumes.containsKey(name.text())) {
        errors.notFound(name, name.text());
      }
      At path = mount.child("mountPath");
      if (path.text().isEmpty()) {
        errors.required(path);
      }
      if (!points.add(path.text())) {
        errors.invalid(path, path.text(), "must be unique");
      }
      if (devices.containsKey(name.text())) {
        errors.invalid(name, name.text(), "must not already exist in volumeDevices");
      }
      if (devices.containsValue(path.text())) {
        errors.invalid(path, path.text(), "must not already exist as a path in volumeDevices");
      }
      subPaths(mounts, mount, errors);
      // Upstream reports these three at the list, not at the element.
      propagation(container, mount, mounts.child("mountPropagation"), errors);
      recursive(mount, mounts.child("recursiveReadOnly"), errors);
    }
  }

  private static void subPaths(At mounts, At mount, Errors errors) {
    String path = mount.text("subPath");
    String expression = mount.text("subPathExpr");
    if (!path.isEmpty()) {
      PathRules.descending(mounts.child("subPath"), path, errors);
    }
    if (!expression.isEmpty()) {
      if (!path.isEmpty()) {
        errors.invalid(
            mount.child("subPathExpr"), "subPathExpr and subPath are mutually exclusive");
      }
      PathRules.descending(mounts.child("subPathExpr"), expression, errors);
    }
  }

  private static void propagation(At container, At mount, At reported, Errors errors) {
    String propagation = mount.text("mountPropagation");
    if (!mount.has("mountPropagation")) {
      return;
    }
    if (!PROPAGATIONS.contains(propagation)) {
      errors.notSupported(reported, propagation, PROPAGATIONS);
    }
    boolean privileged = container.child("securityContext").flag("privileged");
    if (propagation.equals("Bidirectional") && !privileged) {
      errors.forbidden(
          reported, "Bidirectional mount propagation is available only to privileged containers");
    }
  }

  private static void recursive(At mount, At reported, Errors errors) {
    if (!mount.has("recursiveReadOnly")) {
      return;
    }
    String recursive = mount.text("recursiveReadOnly");
    switch (recursive) {
      case "Disabled" -> {}
      case "Enabled", "IfPossible" -> {
        if (!mount.flag("readOnly")) {
          errors.forbidden(reported, "may only be specified when readOnly is true");
        }
        if (mount.has("mountPropagation") && !mount.text("mountPropagation").equals("None")) {
          errors.forbidden(
              reported, "may only be specified when mountPropagation is None or not specified");
        }
      }
      default -> errors.notSupported(reported, recursive, RECURSIVE_READ_ONLY);
    }
  }

  private static void devices(
      At devices, Map<String, String> mounts, Map<String, JsonNode> volumes, Errors errors) {
    Set<String> names = new HashSet<>();
    Set<String> paths = new HashSet<>();
    for (At device : devices.items()) {
      At name = device.child("name");
      At path = device.child("devicePath");
      deviceName(name, names, volumes, errors);
      if (path.text().isEmpty()) {
        errors.required(path);
      }
      if (paths.contains(path.text())) {
        errors.invalid(path, path.text(), "must be unique");
      }
      if (PathRules.hasBackstep(path.text())) {
        errors.invalid(path, "can not contain backsteps ('..')");
      } else {
        paths.add(path.text());
      }
      if (mounts.containsKey(name.text())) {
        errors.invalid(name, name.text(), "must not already exist in volumeMounts");
      }
      if (mounts.containsValue(path.text())) {
        errors.invalid(path, path.text(), "must not already exist as a path in volumeMounts");
      }
      if (!name.text().isEmpty()) {
        names.add(name.text());
      }
    }
  }

  private static void deviceName(
      At name, Set<String> names, Map<String, JsonNode> volumes, Errors errors) {
    if (name.text().isEmpty()) {
      errors.required(name);
    }
    if (names.contains(name.text())) {
      errors.invalid(name, "must be unique");
    }
    JsonNode volume = volumes.get(name.text());
    if (volume == null) {
      errors.notFound(name, name.text());
    } else if (!volume.has("persistentVolumeClaim") && !volume.has("ephemeral")) {
      errors.invalid(
          name,
          "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
    }
  }
}
