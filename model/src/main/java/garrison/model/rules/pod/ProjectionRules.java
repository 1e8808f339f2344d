package garrison.model.rules.pod;

import garrison.model.rules.check.Annotations;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.Labels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Volumes that lay files of several sources side by side (spec: api-server 15.2). */
final class ProjectionRules {
  private static final List<String> KEY_TYPES =
      List.of("RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519");

  private static final long LONGEST_TOKEN_SECONDS = 1L << 32;
  private static final long SHORTEST_TOKEN_SECONDS = 600;
  private static final long SHORTEST_CERTIFICATE_SECONDS = 3_600;
  private static final long LONGEST_CERTIFICATE_SECONDS = 7_862_400;
  private static final long LONGEST_KUBERNETES_CERTIFICATE_SECONDS = 86_400;

  private final At volume;
  private final Errors errors;
  private final Set<String> paths = new HashSet<>();

  private ProjectionRules(At volume, Errors errors) {
    this.volume = volume;
    this.errors = errors;
  }

  static void validate(At volume, Errors errors) {
    PathRules.fileMode(volume.child("defaultMode"), errors);
    ProjectionRules rules = new ProjectionRules(volume, errors);
    for (At source : volume.child("sources").items()) {
      rules.source(source);
    }
  }

  private void source(At source) {
    int found = 0;
    for (String files : List.of("secret", "configMap")) {
      At at = source.child(files);
      if (at.present()) {
        found++;
        files(at);
      }
    }
    At downward = source.child("downwardAPI");
    if (downward.present()) {
      found++;
      for (At item : downward.child("items").items()) {
        FileRules.downwardApiFile(new At(downward.path(), item.node()), errors);
        taken(item.text("path"), item.text("path"));
      }
    }
    At token = source.child("serviceAccountToken");
    if (token.present()) {
      found++;
      token(token);
    }
    At bundle = source.child("clusterTrustBundle");
    if (bundle.present()) {
      found++;
      trustBundle(bundle);
    }
    At certificate = source.child("podCertificate");
    if (certificate.present()) {
      found++;
      certificate(certificate);
    }
    if (found > 1) {
      errors.forbidden(source, "may not specify more than 1 volume type per source");
    }
  }

  private void files(At source) {
    if (source.text("name").isEmpty()) {
      errors.required(source.child("name"));
    }
    for (At item : source.child("items").items()) {
      FileRules.keyToPath(item, errors);
      taken(item.text("path"), source.text("name"));
    }
  }

  /** Two files cannot have one path. */
  private void taken(String path, String shown) {
    if (!path.isEmpty() && !paths.add(path)) {
      errors.invalid(volume, shown, "conflicting duplicate paths");
    }
  }

  private void token(At token) {
    At seconds = token.child("expirationSeconds");
    if (!seconds.present()) {
      errors.required(seconds);
    } else if (seconds.number() < SHORTEST_TOKEN_SECONDS) {
      errors.invalid(seconds, "may not specify a duration less than 10 minutes");
    } else if (seconds.number() > LONGEST_TOKEN_SECONDS) {
      errors.invalid(seconds, "may not specify a duration larger than 2^32 seconds");
    }
    String path = token.text("path");
    // Upstream reports the path of a token at the volume.
    if (path.isEmpty()) {
      errors.required(volume.child("path"));
    } else {
      PathRules.notReserved(volume.child("path"), path, errors);
    }
  }

  private void trustBundle(At bundle) {
    boolean name = bundle.has("name");
    boolean signer = bundle.has("signerName");
    if (name && signer) {
      errors.invalid(bundle, "only one of name and signerName may be used");
    } else if (name) {
      bundleName(bundle);
    } else if (signer) {
      if (bundle.text("signerName").isEmpty()) {
        errors.required(bundle.child("signerName"), "must be a valid signer name");
      }
      SignerNames.validate(bundle.child("signerName"), errors);
      Labels.validateSelector(bundle.child("labelSelector"), errors);
    } else {
      errors.required(bundle, "either name or signerName must be specified");
    }
    String path = bundle.text("path");
    if (path.isEmpty()) {
      errors.required(bundle.child("path"));
    }
    PathRules.notReserved(bundle.child("path"), path, errors);
    taken(path, path);
  }

  private void bundleName(At bundle) {
    String name = bundle.text("name");
    if (name.isEmpty()) {
      errors.required(bundle.child("name"), "must be a valid object name");
    }
    String last = name.substring(name.lastIndexOf(':') + 1);
    for (String why : Formats.subdomain(last)) {
      errors.invalid(bundle.child("name"), name, "not a valid clustertrustbundlename: " + why);
    }
    if (bundle.has("labelSelector")) {
      errors.invalid(
          bundle.child("labelSelector"), "labelSelector must be unset if name is specified");
    }
  }

  private void certificate(At certificate) {
    SignerNames.validate(certificate.child("signerName"), errors);
    Annotations.validate(certificate.child("userAnnotations"), errors);
    if (!KEY_TYPES.contains(certificate.text("keyType"))) {
      errors.notSupported(certificate.child("keyType"), certificate.text("keyType"), KEY_TYPES);
    }
    At seconds = certificate.child("maxExpirationSeconds");
    if (seconds.present()) {
      long longest =
          certificate.text("signerName").startsWith("kubernetes.io/")
              ? LONGEST_KUBERNETES_CERTIFICATE_SECONDS
              : LONGEST_CERTIFICATE_SECONDS;
      if (seconds.number() < SHORTEST_CERTIFICATE_SECONDS) {
        errors.invalid(
            seconds,
            "if provided, maxExpirationSeconds must be >= " + SHORTEST_CERTIFICATE_SECONDS);
      }
      if (seconds.number() > longest) {
        errors.invalid(seconds, "if provided, maxExpirationSeconds must be <= " + longest);
      }
    }
    int found = 0;
    for (String member : List.of("credentialBundlePath", "keyPath", "certificateChainPath")) {
      String path = certificate.text(member);
      if (!path.isEmpty()) {
        found++;
        PathRules.notReserved(certificate.child(member), path, errors);
        taken(path, path);
      }
    }
    if (found == 0) {
      errors.required(
          certificate,
          "specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
    }
  }
}
