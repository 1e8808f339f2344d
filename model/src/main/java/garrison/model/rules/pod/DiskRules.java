package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** Volumes that are disks, shares and folders (spec: api-server 15.2). */
final class DiskRules {
  private static final List<String> HOST_PATH_TYPES =
      List.of(
          "",
          "BlockDevice",
          "CharDevice",
          "Directory",
          "DirectoryOrCreate",
          "File",
          "FileOrCreate",
          "Socket");

  private static final List<String> CACHING = List.of("None", "ReadOnly", "ReadWrite");
  private static final List<String> AZURE_KINDS = List.of("Dedicated", "Managed", "Shared");

  private static final Pattern IQN =
      Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.([a-z\\d-.]{1,253})(:([^,;*&$|\\s]{1,223}))?");
  private static final Pattern EUI = Pattern.compile("eui\\.[\\dA-Fa-f]{16}");
  private static final Pattern NAA = Pattern.compile("naa\\.[\\dA-Fa-f]{32}");

  private DiskRules() {}

  /** A source that only must have some texts. */
  static BiConsumer<At, Errors> required(String... members) {
    return (source, errors) -> requireAll(source, errors, members);
  }

  private static void requireAll(At source, Errors errors, String... members) {
    for (String member : members) {
      if (source.text(member).isEmpty()) {
        errors.required(source.child(member));
      }
    }
  }

  static void hostPath(At source, Errors errors) {
    if (source.text("path").isEmpty()) {
      errors.required(source.child("path"));
      return;
    }
    PathRules.noBacksteps(source.child("path"), errors);
    At type = source.child("type");
    if (type.present() && !HOST_PATH_TYPES.contains(type.text())) {
      errors.notSupported(type, type.text(), HOST_PATH_TYPES);
    }
  }

  static void gitRepo(At source, Errors errors) {
    requireAll(source, errors, "repository");
    PathRules.descending(source.child("directory"), source.text("directory"), errors);
  }

  static void partition(At source, Errors errors) {
    disk(source, "pdName", errors);
  }

  static void block(At source, Errors errors) {
    disk(source, "volumeID", errors);
  }

  private static void disk(At source, String name, Errors errors) {
    requireAll(source, errors, name);
    At partition = source.child("partition");
    if (partition.number() < 0 || partition.number() > 255) {
      errors.invalid(partition, "must be between 0 and 255, inclusive");
    }
  }

  static void nfs(At source, Errors errors) {
    requireAll(source, errors, "server", "path");
    if (!source.text("path").startsWith("/")) {
      errors.invalid(source.child("path"), source.text("path"), "must be an absolute path");
    }
  }

  static void iscsi(At source, Errors errors) {
    requireAll(source, errors, "targetPortal");
    String iqn = source.text("iqn");
    if (iqn.isEmpty()) {
      errors.required(source.child("iqn"));
    } else {
      qualifiedIscsiName(source.child("iqn"), iqn, errors);
    }
    lun(source.child("lun"), errors);
    boolean secret = source.flag("chapAuthDiscovery") || source.flag("chapAuthSession");
    if (secret && !source.has("secretRef")) {
      errors.required(source.child("secretRef"));
    }
    if (source.has("initiatorName")) {
      qualifiedIscsiName(source.child("initiatorname"), source.text("initiatorName"), errors);
    }
  }

  private static void qualifiedIscsiName(At at, String name, Errors errors) {
    Pattern pattern =
        name.startsWith("iqn")
            ? IQN
            : name.startsWith("eui") ? EUI : name.startsWith("naa") ? NAA : null;
    if (pattern == null) {
      errors.invalid(at, name, "must be valid format starting with iqn, eui, or naa");
    } else if (name.length() > 512 || !pattern.matcher(name).matches()) {
      errors.invalid(at, name, "must be valid format");
    }
  }

  private static void lun(At lun, Errors errors) {
    errors.invalid(lun, lun.number(), Formats.inRange(lun.number(), 0, 255));
  }

  static void flocker(At source, Errors errors) {
    String name = source.text("datasetName");
    String id = source.text("datasetUUID");
    if (name.isEmpty() && id.isEmpty()) {
      errors.required(source, "one of datasetName and datasetUUID is required");
    }
    if (!name.isEmpty() && !id.isEmpty()) {
      errors.invalid(
          source, "resource", "datasetName and datasetUUID can not be specified simultaneously");
    }
    if (name.contains("/")) {
      errors.invalid(source.child("datasetName"), "must not contain '/'");
    }
  }

  static void rbd(At source, Errors errors) {
    if (!source.child("monitors").filled()) {
      errors.required(source.child("monitors"));
    }
    requireAll(source, errors, "image");
  }

  static void cinder(At source, Errors errors) {
    requireAll(source, errors, "volumeID");
    if (source.has("secretRef")) {
      requireAll(source.child("secretRef"), errors, "name");
    }
  }

  static void cephfs(At source, Errors errors) {
    if (!source.child("monitors").filled()) {
      errors.required(source.child("monitors"));
    }
  }

  static void quobyte(At source, Errors errors) {
    String words = "must be a host:port pair or multiple pairs separated by commas";
    String registry = source.text("registry");
    if (registry.isEmpty()) {
      errors.required(source.child("registry"), words);
    } else if (source.text("tenant").length() >= 65) {
      errors.required(
          source.child("tenant"), "must be a UUID and may not exceed a length of 64 characters");
    } else {
      for (String pair : registry.split(",", -1)) {
        int colon = pair.lastIndexOf(':');
        if (colon < 0 || (pair.indexOf(':') != colon && !pair.startsWith("["))) {
          errors.invalid(source.child("registry"), words);
        }
      }
    }
    requireAll(source, errors, "volume");
  }

  static void fibreChannel(At source, Errors errors) {
    At names = source.child("targetWWNs");
    boolean ids = source.child("wwids").filled();
    if (!names.filled() && !ids) {
      errors.required(names, "must specify either targetWWNs or wwids, but not both");
    }
    if (names.filled() && ids) {
      errors.invalid(names, "targetWWNs and wwids can not be specified simultaneously");
    }
    if (names.filled()) {
      if (source.has("lun")) {
        lun(source.child("lun"), errors);
      } else {
        errors.required(source.child("lun"), "lun is required if targetWWNs is specified");
      }
    }
  }

  static void flex(At source, Errors errors) {
    requireAll(source, errors, "driver");
    source
        .child("options")
        .entries(
            (key, option) -> {
              String domain = "." + Formats.lower(key.split("/", 2)[0]);
              if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
                errors.invalid(option, key, "kubernetes.io and k8s.io namespaces are reserved");
              }
            });
  }

  static void azureDisk(At source, Errors errors) {
    requireAll(source, errors, "diskName", "diskURI");
    oneOf(source.child("cachingMode"), CACHING, errors);
    At kind = source.child("kind");
    oneOf(kind, AZURE_KINDS, errors);
    At uri = source.child("diskURI");
    if (!kind.present()) {
      return;
    }
    if (kind.text().equals("Managed")) {
      if (!uri.text().startsWith("/subscriptions/")) {
        errors.notSupported(
            uri,
            uri.text(),
            "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}");
      }
    } else if (!uri.text().startsWith("https://")) {
      errors.notSupported(
          uri,
          uri.text(),
          "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd");
    }
  }

  private static void oneOf(At at, List<String> allowed, Errors errors) {
    if (at.present() && !allowed.contains(at.text())) {
      errors.notSupported(at, at.text(), allowed);
    }
  }

  static void storageOs(At source, Errors errors) {
    String name = source.text("volumeName");
    if (name.isEmpty()) {
      errors.required(source.child("volumeName"));
    } else {
      errors.invalid(source.child("volumeName"), Formats.dnsLabel(name));
    }
    String namespace = source.text("volumeNamespace");
    if (!namespace.isEmpty()) {
      errors.invalid(source.child("volumeNamespace"), Formats.dnsLabel(namespace));
    }
    if (source.has("secretRef")) {
      requireAll(source.child("secretRef"), errors, "name");
    }
  }

  static void csi(At source, Errors errors) {
    DriverNames.validate(source.child("driver"), errors);
    At secret = source.child("nodePublishSecretRef");
    if (secret.present()) {
      String name = secret.text("name");
      if (name.isEmpty()) {
        errors.required(secret.child("name"));
      } else {
        errors.invalid(source.child("name"), name, Formats.subdomain(name));
      }
    }
  }
}
