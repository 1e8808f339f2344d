package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** Volumes: a name, and exactly one source (spec: api-server 15.2). */
final class VolumeRules {
  /** A source: where its errors are reported, and its checks. */
  private record Source(String path, BiConsumer<At, Errors> check) {}

  /** In the order in which upstream looks, which decides who came second. */
  private static final Map<String, Source> SOURCES = new LinkedHashMap<>();

  static {
    source("emptyDir", VolumeRules::emptyDir);
    source("hostPath", DiskRules::hostPath);
    source("gitRepo", DiskRules::gitRepo);
    source("gcePersistentDisk", "persistentDisk", DiskRules::partition);
    source("awsElasticBlockStore", DiskRules::block);
    source("secret", FileRules::secret);
    source("nfs", DiskRules::nfs);
    source("iscsi", DiskRules::iscsi);
    source("glusterfs", DiskRules.required("endpoints", "path"));
    source("flocker", DiskRules::flocker);
    source("persistentVolumeClaim", DiskRules.required("claimName"));
    source("rbd", DiskRules::rbd);
    source("cinder", DiskRules::cinder);
    source("cephfs", DiskRules::cephfs);
    source("quobyte", DiskRules::quobyte);
    source("downwardAPI", FileRules::downwardApi);
    source("fc", DiskRules::fibreChannel);
    source("flexVolume", DiskRules::flex);
    source("configMap", FileRules::configMap);
    source("azureFile", DiskRules.required("secretName", "shareName"));
    source("vsphereVolume", DiskRules.required("volumePath"));
    source("photonPersistentDisk", DiskRules.required("pdID"));
    source("portworxVolume", DiskRules.required("volumeID"));
    source("azureDisk", DiskRules::azureDisk);
    source("storageos", DiskRules::storageOs);
    source("projected", ProjectionRules::validate);
    source("scaleIO", DiskRules.required("gateway", "system", "volumeName"));
    source("csi", DiskRules::csi);
    source("ephemeral", ClaimRules::ephemeral);
    source("image", (at, errors) -> {});
  }

  /** How upstream spells some of them when they are one too many. */
  private static final Map<String, String> MISSPELT =
      Map.of("cephfs", "cephFS", "downwardAPI", "downwarAPI");

  private VolumeRules() {}

  private static void source(String name, BiConsumer<At, Errors> check) {
    source(name, name, check);
  }

  private static void source(String name, String path, BiConsumer<At, Errors> check) {
    SOURCES.put(name, new Source(path, check));
  }

  /**
   * Checks the volumes.
   *
   * @param podName the name of the pod, empty for a template or where it is not known
   * @return those that are in order, by name
   */
  static Map<String, JsonNode> validate(At volumes, String podName, Errors errors) {
    Map<String, JsonNode> good = new HashMap<>();
    Set<String> created = createdClaims(volumes, podName);
    for (At volume : volumes.items()) {
      Errors own = new Errors();
      sourceOf(volume, podName, own);
      String name = volume.text("name");
      if (name.isEmpty()) {
        own.required(volume.child("name"));
      } else {
        own.invalid(volume.child("name"), Formats.dnsLabel(name));
      }
      if (good.containsKey(name)) {
        own.duplicate(volume.child("name"), name);
      }
      if (own.count() == 0) {
        good.put(name, volume.node());
      }
      errors.addAll(own.list());
      At claim = volume.child("persistentVolumeClaim").child("claimName");
      if (created.contains(claim.text())) {
        errors.invalid(claim, "must not reference a PVC that gets created for an ephemeral volume");
      }
    }
    return good;
  }

  private static Set<String> createdClaims(At volumes, String podName) {
    Set<String> created = new HashSet<>();
    if (!podName.isEmpty()) {
      for (At volume : volumes.items()) {
        if (volume.has("ephemeral")) {
          created.add(podName + "-" + volume.text("name"));
        }
      }
    }
    return created;
  }

  private static void sourceOf(At volume, String podName, Errors errors) {
    int found = 0;
    for (Map.Entry<String, Source> entry : SOURCES.entrySet()) {
      String name = entry.getKey();
      At source = volume.child(name);
      if (!source.present()) {
        continue;
      }
      if (found++ > 0) {
        errors.forbidden(
            volume.child(MISSPELT.getOrDefault(name, name)),
            "may not specify more than 1 volume type");
      } else {
        At reported = new At(volume.child(entry.getValue().path()).path(), source.node());
        entry.getValue().check().accept(reported, errors);
        if (name.equals("ephemeral")) {
          claimName(volume, podName, errors);
        }
      }
      if (name.equals("iscsi")) {
        initiator(volume, source, errors);
      }
    }
    if (found == 0) {
      errors.required(volume, "must specify a volume type");
    }
  }

  private static void claimName(At volume, String podName, Errors errors) {
    String name = volume.text("name");
    if (!podName.isEmpty() && !name.isEmpty()) {
      String claim = podName + "-" + name;
      for (String why : Formats.subdomain(claim)) {
        errors.invalid(volume.child("name"), "PVC name \"" + claim + "\": " + why);
      }
    }
  }

  private static void initiator(At volume, At iscsi, Errors errors) {
    String both = volume.text("name") + ":" + iscsi.text("targetPortal");
    if (iscsi.has("initiatorName") && Formats.bytes(both) > 64) {
      errors.invalid(
          volume.child("name"),
          volume.text("name"),
          "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if"
              + " iscsi.initiatorName is specified.");
    }
  }

  private static void emptyDir(At source, Errors errors) {
    At limit = source.child("sizeLimit");
    if (!limit.text().isEmpty() && Quantity.parse(limit.text()).signum() < 0) {
      errors.forbidden(limit, "SizeLimit field must be a valid resource quantity");
    }
  }
}
