package garrison.agent.pod;

import garrison.agent.runtime.ContainerSpec;
import garrison.agent.runtime.ContainerSpec.Input;
import garrison.agent.runtime.ContainerSpec.Mount;
import garrison.agent.runtime.ContainerSpec.Propagation;
import garrison.agent.runtime.Image;
import garrison.agent.runtime.Runtime;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.volume.HostPathGuard;
import garrison.agent.volume.SubPath;
import garrison.agent.volume.VolumeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From a container's part of a pod's spec to what the runtime is told. */
final class ContainerPlan {
  /** The waiting reason for what cannot be had here. */
  static final String CONFIG_ERROR = "CreateContainerConfigError";

  private static final String ACCOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

  private final NodeServices services;
  private final References references;

  ContainerPlan(NodeServices services, References references) {
    this.services = services;
    this.references = references;
  }

  /** Changes when a running container has to be made anew: with its name or image only. */
  static String hash(JsonNode container) {
    String text = container.path("name").asString("") + "|" + container.path("image").asString("");
    return Integer.toHexString(text.hashCode());
  }

  /**
   * Where the logs of a pod are: one that began before its node had a container runtime stays where
   * it was.
   */
  static Path logDirectory(NodeServices services, String namespace, String name, String uid) {
    String directory = namespace + "_" + name + "_" + uid;
    Path before = services.processLogs().resolve(directory);
    return Files.isDirectory(before) ? before : services.logs().resolve(directory);
  }

  /** Where the logs of the pod with that uid are: one directory, if it ever had any. */
  static List<Path> logDirectories(NodeServices services, String uid) throws IOException {
    List<Path> directories = new ArrayList<>();
    for (Path all : new TreeSet<>(List.of(services.processLogs(), services.logs()))) {
      try (DirectoryStream<Path> logs =
          Files.newDirectoryStream(all, directory -> directory.toString().endsWith("_" + uid))) {
        logs.forEach(directories::add);
      } catch (NoSuchFileException e) {
        continue; // nothing here had logs
      }
    }
    return directories;
  }

  /** Where the logs of a container are. */
  static Path logDirectory(NodeServices services, PodContext context, String container) {
    return logDirectory(services, context.namespace(), context.name(), context.uid())
        .resolve(container);
  }

  /**
   * The whole of it.
   *
   * @param target id of the container whose processes it is to see; empty for none
   * @throws RuntimeFailure with reason CreateContainerConfigError for what cannot be had here
   */
  ContainerSpec of(
      PodContext context,
      Runtime runtime,
      JsonNode container,
      Image image,
      int attempt,
      Map<String, Path> volumes,
      String target) {
    String rules = RestartPolicy.unsupported(container);
    if (rules != null) {
      throw new RuntimeFailure(CONFIG_ERROR, rules + " is not supported on node " + context.node());
    }
    String unsupported =
        runtime.hostProcesses()
            ? Unsupported.in(context.spec(), container, services.privileged())
            : null;
    if (unsupported != null) {
      throw new RuntimeFailure(
          CONFIG_ERROR,
          "supervised runtime: "
              + unsupported
              + " is not supported on node "
              + context.node()
              + " (no container runtime)");
    }
    String both = Security.breaksPropagation(container);
    if (both != null) {
      throw new RuntimeFailure(CONFIG_ERROR, both);
    }
    String rootUser = Security.breaksNonRoot(context, container, image);
    if (rootUser != null) {
      throw new RuntimeFailure(CONFIG_ERROR, rootUser);
    }
    Map<String, String> environment =
        Environment.of(context, container, references, serviceVariables(context), volumes);
    Map<String, String> all = new LinkedHashMap<>();
    if (runtime.hostProcesses()) {
      all.put("HOSTNAME", context.node());
    }
    all.putAll(environment);
    String name = container.path("name").asString("");
    ContainerSpec.Security security = Security.of(context.spec(), container);
    return new ContainerSpec(
        name,
        attempt,
        container.path("image").asString(""),
        image.id(),
        words(container.path("command"), environment),
        words(container.path("args"), environment),
        container.path("workingDir").asString(""),
        all,
        mounts(context, runtime, container, attempt, volumes, environment),
        logDirectory(services, context, name).resolve(attempt + ".log").toString(),
        Qos.of(context.spec())
            .limits(context.spec(), container, services.memory(), services.protects()),
        runtime.hostProcesses() ? security : Security.as(image, security),
        new Input(
            container.path("stdin").asBoolean(false),
            container.path("stdinOnce").asBoolean(false),
            container.path("tty").asBoolean(false)),
        target,
        RuntimeAnnotations.of(context, container, attempt, hash(container)),
        hash(container));
  }

  private Map<String, String> serviceVariables(PodContext context) {
    List<ObjectNode> known = services.clusterServices().get();
    if (known == null && context.ofFile()) {
      return Map.of(); // it has to run without a server
    }
    if (known == null) {
      throw new RuntimeFailure(
          CONFIG_ERROR, "services have not yet been read at least once, cannot construct envvars");
    }
    boolean links = context.spec().path("enableServiceLinks").asBoolean(true);
    return ServiceVariables.of(known, context.namespace(), links);
  }

  private static List<String> words(JsonNode words, Map<String, String> environment) {
    List<String> expanded = new ArrayList<>();
    words.forEach(word -> expanded.add(Expansion.expand(word.asString(""), environment)));
    return expanded;
  }

  private List<Mount> mounts(
      PodContext context,
      Runtime runtime,
      JsonNode container,
      int attempt,
      Map<String, Path> volumes,
      Map<String, String> environment) {
    List<Mount> mounts = new ArrayList<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      String volume = mount.path("name").asString("");
      Path path = volumes.get(volume);
      if (path == null) {
        throw new RuntimeFailure(CONFIG_ERROR, "volume \"" + volume + "\" is not there");
      }
      String target = mount.path("mountPath").asString("");
      boolean readOnly = mount.path("readOnly").asBoolean(false);
      if (!readOnly || propagation(mount) != Propagation.PRIVATE) {
        guard(context, volume, path);
      }
      Path source;
      try {
        source = subPath(container, mount, path, environment);
      } catch (VolumeException e) {
        throw new RuntimeFailure(CONFIG_ERROR, e.why());
      }
      if (services.privileged() || !runtime.hostProcesses()) {
        mounts.add(new Mount(source.toString(), target, readOnly, propagation(mount)));
      } else if (!seenAnyway(source, target, readOnly)) {
        throw new RuntimeFailure(
            CONFIG_ERROR,
            "supervised runtime: mounting volume "
                + volume
                + " at "
                + target
                + " is not supported on node "
                + context.node()
                + " (its agent does not run as root)");
      }
    }
    if (!runtime.hostProcesses()) {
      mounts.addAll(own(context, container, attempt));
    }
    return mounts;
  }

  /**
   * One for debugging may ask for more than the pod was taken with; the pod's own are refused
   * before.
   */
  private void guard(PodContext context, String volume, Path path) {
    try {
      for (JsonNode one : context.spec().path("volumes")) {
        if (one.path("name").asString("").equals(volume)
            && one.has("hostPath")
            && services.hostPaths().readOnly(path)) {
          throw new RuntimeFailure(
              CONFIG_ERROR,
              "hostPath "
                  + path
                  + " may be mounted read-only only on this node: set readOnly: true on its"
                  + " volumeMounts, and no mountPropagation");
        }
      }
    } catch (IOException e) {
      throw new RuntimeFailure(CONFIG_ERROR, "hostPath " + path + " cannot be followed: " + e);
    }
  }

  private List<Mount> own(PodContext context, JsonNode container, int attempt) {
    try {
      return PodFiles.mounts(
          context,
          container,
          attempt,
          PodRemains.directory(services, context.uid()),
          services.dns().domain());
    } catch (IOException e) {
      throw new RuntimeFailure(CONFIG_ERROR, "files of the pod: " + e);
    }
  }

  private static Propagation propagation(JsonNode mount) {
    return switch (mount.path("mountPropagation").asString("")) {
      case "HostToContainer" -> Propagation.FROM_HOST;
      case "Bidirectional" -> Propagation.BOTH;
      default -> Propagation.PRIVATE;
    };
  }

  /** Without mounts a process still sees a host path under its own name; and needs no token. */
  private static boolean seenAnyway(Path source, String target, boolean readOnly) {
    if (target.equals(ACCOUNT_PATH)) {
      return true;
    }
    try {
      return !readOnly && source.equals(HostPathGuard.realPath(target));
    } catch (IOException e) {
      return false; // nobody sees anything at a path that leads nowhere
    }
  }

  private static Path subPath(
      JsonNode container, JsonNode mount, Path volume, Map<String, String> environment)
      throws VolumeException {
    String sub = mount.path("subPath").asString("");
    String expression = mount.path("subPathExpr").asString("");
    if (!expression.isEmpty()) {
      TreeSet<String> missing = new TreeSet<>();
      sub = Expansion.expand(expression, environment, missing);
      if (!missing.isEmpty()) {
        throw new VolumeException("missing value for " + String.join(", ", missing));
      }
    }
    return sub.isEmpty()
        ? volume
        : new SubPath(mount.path("name").asString(""), container.path("name").asString(""), sub)
            .in(volume);
  }
}
