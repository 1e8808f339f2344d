package garrison.model.rules.pod;

import garrison.model.rules.check.Members;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What a volume is given where it says nothing (spec: api-server 15.1). Pure, in place. */
final class VolumeDefaults {
  /** 0644. */
  private static final int MODE = 420;

  private VolumeDefaults() {}

  static void of(ObjectNode volume) {
    if (hasNoSource(volume)) {
      volume.putObject("emptyDir");
    }
    Members.with(volume, "hostPath", path -> Members.missingText(path, "type", ""));
    for (String files : List.of("configMap", "secret", "downwardAPI", "projected")) {
      Members.with(volume, files, source -> Members.missingNumber(source, "defaultMode", MODE));
    }
    Members.with(volume, "downwardAPI", VolumeDefaults::downwardApi);
    Members.with(
        volume, "projected", source -> Members.each(source, "sources", VolumeDefaults::projection));
    Members.with(
        volume,
        "image",
        image ->
            Members.text(
                image,
                "pullPolicy",
                ContainerDefaults.pullPolicy(image.path("reference").asString(""))));
    Members.with(
        volume,
        "ephemeral",
        source ->
            Members.with(
                source,
                "volumeClaimTemplate",
                template ->
                    Members.with(
                        template,
                        "spec",
                        spec -> {
                          Members.missingText(spec, "volumeMode", "Filesystem");
                          Members.with(spec, "resources", ContainerDefaults::roundResources);
                        })));
    disks(volume);
  }

  private static boolean hasNoSource(ObjectNode volume) {
    for (String member : volume.propertyNames()) {
      if (!member.equals("name") && !volume.path(member).isNull()) {
        return false;
      }
    }
    return true;
  }

  private static void projection(ObjectNode projection) {
    Members.with(
        projection,
        "serviceAccountToken",
        token -> Members.missingNumber(token, "expirationSeconds", 3600));
    Members.with(projection, "downwardAPI", VolumeDefaults::downwardApi);
  }

  private static void downwardApi(ObjectNode source) {
    Members.each(
        source,
        "items",
        item -> {
          Members.with(item, "fieldRef", ContainerDefaults::fieldReference);
          Members.with(item, "resourceFieldRef", ContainerDefaults::resourceReference);
        });
  }

  private static void disks(ObjectNode volume) {
    Members.with(volume, "iscsi", disk -> Members.text(disk, "iscsiInterface", "default"));
    Members.with(
        volume,
        "rbd",
        disk -> {
          Members.text(disk, "pool", "rbd");
          Members.text(disk, "user", "admin");
          Members.text(disk, "keyring", "/etc/ceph/keyring");
        });
    Members.with(
        volume,
        "azureDisk",
        disk -> {
          Members.missingText(disk, "cachingMode", "ReadWrite");
          Members.missingText(disk, "kind", "Shared");
          Members.missingText(disk, "fsType", "ext4");
          Members.missingFlag(disk, "readOnly", false);
        });
    Members.with(
        volume,
        "scaleIO",
        disk -> {
          Members.text(disk, "storageMode", "ThinProvisioned");
          Members.text(disk, "fsType", "xfs");
        });
  }
}
