package garrison.model.rules.pod;

import garrison.model.rules.check.At;
import garrison.model.rules.check.GoValue;
import java.util.ArrayList;
import java.util.List;

/** Files of one volume that would lie on, or within, each other. Pure. */
final class VolumeOverlaps {
  /** A file, and what it is made of, where that must be said. */
  private record Source(String path, String of) {
    @Override
    public String toString() {
      return GoValue.quoted(path) + (of.isEmpty() ? "" : " (" + of + ")");
    }

    Source trimmed() {
      return new Source(path.replaceAll("/+$", ""), of);
    }

    boolean overlaps(Source other) {
      String mine = path + "/";
      String its = other.path + "/";
      return !other.path.isEmpty() && (its.startsWith(mine) || mine.startsWith(its));
    }
  }

  private VolumeOverlaps() {}

  /** One warning for each pair. */
  static List<String> of(At volumes) {
    List<String> warnings = new ArrayList<>();
    for (At volume : volumes.items()) {
      At config = volume.child("configMap");
      within(volume, items(config, ""), "ConfigMap " + quoted(config, "name"), warnings);
      At secret = volume.child("secret");
      within(volume, items(secret, ""), "Secret " + quoted(secret, "secretName"), warnings);
      within(volume, items(volume.child("downwardAPI"), ""), "DownwardAPI", warnings);
      within(volume, projected(volume, warnings), "Projected", warnings);
    }
    return warnings;
  }

  private static String quoted(At source, String name) {
    return GoValue.quoted(source.text(name));
  }

  private static List<Source> items(At source, String of) {
    List<Source> items = new ArrayList<>();
    for (At item : source.child("items").items()) {
      items.add(new Source(item.text("path"), of));
    }
    return items;
  }

  private static List<Source> projected(At volume, List<String> warnings) {
    List<Source> all = new ArrayList<>();
    for (At source : volume.child("projected", "sources").items()) {
      if (!source.filled()) {
        warnings.add("volume " + quoted(volume, "name") + " (Projected) has no sources provided");
      }
      all.addAll(projection(source));
    }
    return all;
  }

  private static List<Source> projection(At source) {
    At config = source.child("configMap");
    if (config.has("items")) {
      return items(config, "ConfigMap " + quoted(config, "name"));
    }
    At secret = source.child("secret");
    if (secret.has("items")) {
      return items(secret, "Secret " + quoted(secret, "name"));
    }
    if (source.child("downwardAPI").has("items")) {
      return items(source.child("downwardAPI"), "DownwardAPI");
    }
    if (source.has("serviceAccountToken")) {
      return List.of(
          new Source(source.child("serviceAccountToken").text("path"), "ServiceAccountToken"));
    }
    At bundle = source.child("clusterTrustBundle");
    if (bundle.present()) {
      String name = bundle.has("name") ? "name" : "signerName";
      return List.of(new Source(bundle.text("path"), "ClusterTrustBundle " + quoted(bundle, name)));
    }
    return certificate(source.child("podCertificate"));
  }

  private static List<Source> certificate(At certificate) {
    List<Source> files = new ArrayList<>();
    add(files, certificate.text("certificateChainPath"), "PodCertificate chain");
    add(files, certificate.text("keyPath"), "PodCertificate key");
    add(files, certificate.text("credentialBundlePath"), "PodCertificate credential bundle");
    return files;
  }

  private static void add(List<Source> files, String path, String of) {
    if (!path.isEmpty()) {
      files.add(new Source(path, of));
    }
  }

  private static void within(
      At volume, List<Source> sources, String description, List<String> warnings) {
    List<Source> earlier = new ArrayList<>();
    for (Source source : sources) {
      Source file = source.trimmed();
      for (Source other : earlier) {
        if (!file.path().isEmpty() && file.overlaps(other)) {
          warnings.add(
              "volume "
                  + quoted(volume, "name")
                  + " ("
                  + description
                  + "): overlapping paths: "
                  + file
                  + " with "
                  + other);
        }
      }
      earlier.add(file);
    }
  }
}
