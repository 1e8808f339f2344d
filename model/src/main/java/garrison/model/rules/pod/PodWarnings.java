package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Formats;
import garrison.model.rules.check.GoValue;
import garrison.model.rules.check.IpFormats;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is allowed in a pod, but hardly meant (spec: api-server 13, "Warnings"). The order is
 * upstream's. One instance for one pod or template.
 */
public final class PodWarnings {
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

  private static final Map<String, String> DEAD_ANNOTATIONS = new LinkedHashMap<>();
  private static final Map<String, String> DEAD_VOLUMES = new LinkedHashMap<>();

  static {
    DEAD_ANNOTATIONS.put(
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead");
    DEAD_ANNOTATIONS.put(
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead");
    DEAD_ANNOTATIONS.put(
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead");
    DEAD_VOLUMES.put("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+");
    DEAD_VOLUMES.put("gitRepo", "deprecated in v1.11, and disabled by default in v1.33+");
    DEAD_VOLUMES.put("scaleIO", "deprecated in v1.16, non-functional in v1.22+");
    DEAD_VOLUMES.put("flocker", "deprecated in v1.22, non-functional in v1.25+");
    DEAD_VOLUMES.put("storageos", "deprecated in v1.22, non-functional in v1.25+");
    DEAD_VOLUMES.put("quobyte", "deprecated in v1.22, non-functional in v1.25+");
    DEAD_VOLUMES.put("glusterfs", "deprecated in v1.25, non-functional in v1.26+");
    DEAD_VOLUMES.put("cephfs", "deprecated in v1.28, non-functional in v1.31+");
    DEAD_VOLUMES.put("rbd", "deprecated in v1.28, non-functional in v1.31+");
  }

  private final At spec;
  private final At annotations;
  private final boolean template;
  private final List<String> warnings = new ArrayList<>();

  private PodWarnings(At owner, boolean template) {
    this.spec = owner.child("spec");
    this.annotations = owner.child("metadata", "annotations");
    this.template = template;
  }

  /** The warnings of a template. */
  public static List<String> ofTemplate(At template) {
    return new PodWarnings(template, true).all();
  }

  /** The warnings of a pod, less those of its name. */
  static List<String> ofPod(At pod) {
    return new PodWarnings(pod, false).all();
  }

  private List<String> all() {
    nodeLabels();
    spread();
    deadAnnotations();
    volumes();
    repeated("hostAliases", "ip");
    repeated("imagePullSecrets", "name");
    for (At secret : spec.child("imagePullSecrets").items()) {
      if (secret.text("name").isEmpty()) {
        warn(secret.child("name"), "invalid empty name \"\"");
      }
    }
    fractional(spec.child("overhead"), "memory");
    fractional(spec.child("overhead"), "ephemeral-storage");
    profiles();
    Containers.each(spec, this::container);
    ports();
    portNames();
    if (spec.number("terminationGracePeriodSeconds") < 0) {
      warn(
          spec.child("terminationGracePeriodSeconds"),
          "must be >= 0; negative values are invalid and will be treated as 1");
    }
    podAffinity(spec.child("affinity", "podAffinity"));
    podAffinity(spec.child("affinity", "podAntiAffinity"));
    spec.child("dnsConfig", "nameservers").items().forEach(this::address);
    for (At alias : spec.child("hostAliases").items()) {
      address(alias.child("ip"));
    }
    return warnings;
  }

  private void warn(At at, String text) {
    warnings.add(at.path() + ": " + text);
  }

  private void address(At address) {
    String why = IpFormats.warning(address.text());
    if (why != null) {
      warn(address, why);
    }
  }

  private void nodeLabels() {
    spec.child("nodeSelector")
        .entries(
            (key, at) -> {
              String why = NodeLabelWarnings.of(key);
              if (why != null) {
                warn(at, why);
              }
            });
    At nodes = spec.child("affinity", "nodeAffinity");
    for (At term : nodes.child(REQUIRED, "nodeSelectorTerms").items()) {
      nodeTerm(term, false);
    }
    for (At preferred : nodes.child(PREFERRED).items()) {
      nodeTerm(preferred.child("preference"), true);
    }
  }

  private void nodeTerm(At term, boolean checkValues) {
    for (At expression : term.child("matchExpressions").items()) {
      At key = expression.child("key");
      String why = NodeLabelWarnings.of(key.text());
      if (why != null) {
        warn(key, key.text() + " is " + why);
      }
      if (checkValues) {
        for (At value : expression.child("values").items()) {
          for (String wrong : Formats.labelValue(value.text())) {
            warn(value, value.text() + " is invalid, " + wrong);
          }
        }
      }
    }
  }

  private void spread() {
    for (At constraint : spec.child("topologySpreadConstraints").items()) {
      At key = constraint.child("topologyKey");
      String why = NodeLabelWarnings.of(key.text());
      if (why != null) {
        warn(key, key.text() + " is " + why);
      }
      nullSelector(constraint);
    }
  }

  private void nullSelector(At term) {
    if (!term.has("labelSelector")) {
      warn(term.child("labelSelector"), "a null labelSelector results in matching no pod");
    }
  }

  private void deadAnnotations() {
    DEAD_ANNOTATIONS.forEach(
        (key, why) -> {
          if (annotations.has(key)) {
            warn(annotations.key(key), why);
          }
        });
  }

  private void volumes() {
    for (At volume : spec.child("volumes").items()) {
      DEAD_VOLUMES.forEach(
          (source, why) -> {
            if (volume.has(source)) {
              // Upstream names this one by its Go name.
              warn(volume.child(source.equals("storageos") ? "storageOS" : source), why);
            }
          });
    }
    warnings.addAll(VolumeOverlaps.of(spec.child("volumes")));
  }

  private void repeated(String list, String member) {
    Set<String> seen = new HashSet<>();
    for (At item : spec.child(list).items()) {
      String value = item.text(member);
      if (!seen.add(value)) {
        warn(item.child(member), "duplicate " + member + " " + GoValue.quoted(value));
      }
    }
  }

  private void profiles() {
    if (!spec.child("securityContext").has("seccompProfile")) {
      unusedSeccomp(AnnotationRules.SECCOMP_POD);
    }
  }

  private void unusedSeccomp(String key) {
    if (annotations.has(key)) {
      warn(
          annotations.key(key),
          "non-functional in v1.27+; use the \"seccompProfile\" field instead");
    }
  }

  private void container(At container) {
    At context = container.child("securityContext");
    if (!context.has("seccompProfile")) {
      unusedSeccomp(AnnotationRules.SECCOMP_CONTAINER + container.text("name"));
    }
    String key = AnnotationRules.APP_ARMOR + container.text("name");
    // Of a pod, the profile is moved to its field, which warns by itself.
    if (template && !context.has("appArmorProfile") && annotations.has(key)) {
      At ofPod = spec.child("securityContext", "appArmorProfile");
      if (!AppArmor.profile(annotations.text(key)).equals(ofPod.node())) {
        warn(annotations.key(key), AppArmor.DEPRECATED);
      }
    }
    At resources = container.child("resources");
    for (String resource : List.of("memory", "ephemeral-storage")) {
      for (String which : List.of("limits", "requests")) {
        fractional(resources.child(which), resource);
      }
    }
    environment(container);
  }

  private void fractional(At quantities, String resource) {
    At at = quantities.key(resource);
    if (at.text().isEmpty()) {
      return;
    }
    Quantity quantity = Quantity.parse(at.text());
    if (quantity.milli() % 1000 != 0) {
      warn(
          at,
          "fractional byte value \"" + quantity.written() + "\" is invalid, must be an integer");
    }
  }

  private void environment(At container) {
    Set<String> seen = new HashSet<>();
    for (At variable : container.child("env").items()) {
      String name = variable.text("name");
      if (seen.add(name)) {
        continue;
      }
      String reference = "$(" + name + ")";
      String value = variable.text("value");
      boolean extendsOther = value.contains(reference) && !value.equals(reference);
      if (variable.has("valueFrom") || !extendsOther) {
        warn(
            variable,
            "hides previous definition of "
                + GoValue.quoted(name)
                + ", which may be dropped when using apply");
      }
    }
  }

  private void ports() {
    Map<String, List<At>> seen = new LinkedHashMap<>();
    Containers.each(
        spec,
        container -> {
          for (At port : container.child("ports").items()) {
            if (!port.text("hostIP").isEmpty() && port.number("hostPort") == 0) {
              warn(port, "hostIP set without hostPort: " + goStruct(port));
            }
            List<At> others =
                seen.computeIfAbsent(
                    port.number("containerPort") + "/" + port.text("protocol"),
                    key -> new ArrayList<>());
            others.forEach(other -> overlapping(port, other));
            others.add(port);
          }
        });
  }

  private static String goStruct(At port) {
    return "{Name:"
        + port.text("name")
        + " HostPort:"
        + port.number("hostPort")
        + " ContainerPort:"
        + port.number("containerPort")
        + " Protocol:"
        + port.text("protocol")
        + " HostIP:"
        + port.text("hostIP")
        + "}";
  }

  private void overlapping(At port, At other) {
    String ip = port.text("hostIP");
    String otherIp = other.text("hostIP");
    long host = port.number("hostPort");
    long otherHost = other.number("hostPort");
    if (ip.equals(otherIp) && host == otherHost) {
      warn(port, "duplicate port definition with " + other.path());
    } else if (host == 0 || otherHost == 0) {
      warn(port, "overlapping port definition with " + other.path());
    } else if (host == otherHost && ip.isEmpty() != otherIp.isEmpty()) {
      warn(port, "dangerously ambiguous port definition with " + other.path());
    }
  }

  private void portNames() {
    Map<String, At> seen = new LinkedHashMap<>();
    Containers.each(
        spec,
        container -> {
          for (At port : container.child("ports").items()) {
            String name = port.text("name");
            At other = name.isEmpty() ? null : seen.putIfAbsent(name, port);
            if (other != null) {
              warn(
                  port,
                  "duplicate port name "
                      + GoValue.quoted(name)
                      + " with "
                      + other.path()
                      + ", services and probes that select ports by name will use "
                      + other.path());
            }
          }
        });
  }

  private void podAffinity(At affinity) {
    affinity.child(REQUIRED).items().forEach(this::nullSelector);
    for (At preferred : affinity.child(PREFERRED).items()) {
      nullSelector(preferred.child("podAffinityTerm"));
    }
  }
}
