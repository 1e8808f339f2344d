package garrison.agent.pod;

import garrison.agent.file.Trees;
import garrison.agent.runtime.RuntimeFailure;
import garrison.agent.volume.HostPathVolume;
import garrison.agent.volume.Mounts;
import garrison.agent.volume.Payload;
import garrison.agent.volume.VolumeException;
import garrison.client.UnreachableException;
import garrison.model.Quantity;
import garrison.model.StatusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Sets up the volumes of one pod below its directory, and brings those up to date that are made of
 * other objects (spec: node-agent 3.11). Each is tried, whatever becomes of the others. One whose
 * files are there stays as it is when its source cannot be had any more: no container has to wait
 * for that. Called by the pod's worker only.
 */
final class Volumes {
  private static final int DEFAULT_MODE = 0644;
  private static final int TOKEN_MODE = 0600;
  private static final int GROUP_DIRECTORY = 02070;
  private static final int GROUP_FILE = 0060;
  private static final String MEMORY = "Memory";
  private static final String HUGE_PAGES = "HugePages";

  private final Path directory;
  private final References references;
  private final NodeServices services;
  private final InstantSource clock;
  private final Set<String> notices = new LinkedHashSet<>();
  private final Set<String> mounted = new HashSet<>();
  private final Map<String, Token> tokens = new HashMap<>();

  private record Token(String text, Instant renewAt) {}

  /**
   * What one pass came to.
   *
   * @param paths volume to its path on the node, without links
   * @param failures a sentence for each that failed
   * @param complete whether every volume has a path
   */
  record Ready(Map<String, Path> paths, List<String> failures, boolean complete) {}

  Volumes(Path podDirectory, References references, NodeServices services) {
    this.directory = podDirectory.resolve("volumes");
    this.references = references;
    this.services = services;
    this.clock = services.clock();
  }

  /** Things that the pod's owner should know though the pod runs; each once. */
  Set<String> notices() {
    return notices;
  }

  /** Sets up all that a container uses. */
  Ready setUp(PodContext context) {
    Map<String, Path> paths = new HashMap<>();
    List<String> failures = new ArrayList<>();
    boolean complete = true;
    for (JsonNode volume : context.spec().path("volumes")) {
      String name = volume.path("name").asString("");
      if (!VolumeUse.any(context.spec(), name)) {
        continue;
      }
      Path before = null;
      try {
        paths.put(name, one(context, name, volume));
        continue;
      } catch (IOException e) {
        failures.add(failure(name, String.valueOf(e.getMessage())));
      } catch (VolumeException e) {
        failures.add(failure(name, e.why()));
        before = before(name, volume);
      } catch (RuntimeFailure e) {
        failures.add(failure(name, e.message()));
        before = before(name, volume);
      } catch (StatusException e) {
        failures.add(failure(name, e.message()));
        before = before(name, volume);
      } catch (UnreachableException e) {
        before = before(name, volume);
        if (before == null) {
          failures.add(failure(name, String.valueOf(e.getMessage())));
        }
      }
      if (before == null) {
        complete = false;
      } else {
        paths.put(name, before);
      }
    }
    return new Ready(paths, failures, complete);
  }

  private static String failure(String volume, String why) {
    return "MountVolume.SetUp failed for volume \"" + volume + "\" : " + why;
  }

  /** The files of a pass before; null where there are none. */
  private @Nullable Path before(String name, JsonNode volume) {
    String type = fileType(volume);
    if (type == null) {
      return null;
    }
    Path target = directory.resolve("kubernetes.io~" + type).resolve(name);
    try {
      return Payload.written(target) ? target.toRealPath() : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Upstream's name for volumes that are made of files; null for others. */
  private static @Nullable String fileType(JsonNode volume) {
    return volume.has("configMap")
        ? "configmap"
        : volume.has("secret")
            ? "secret"
            : volume.has("downwardAPI")
                ? "downward-api"
                : volume.has("projected") ? "projected" : null;
  }

  private Path one(PodContext context, String name, JsonNode volume)
      throws IOException, VolumeException {
    if (volume.has("hostPath")) {
      return hostPath(context, name, volume.path("hostPath"));
    }
    if (volume.has("emptyDir")) {
      return emptyDir(context, name, volume.path("emptyDir"));
    }
    String type = fileType(volume);
    if (type == null) {
      throw new VolumeException(
          "volumes of this kind are not supported on node "
              + context.node()
              + ": "
              + kindOf(volume));
    }
    Payload payload = new Payload(group(context));
    VolumeFiles files = new VolumeFiles(context, references, payload);
    if (volume.has("projected")) {
      projected(context, name, volume.path("projected"), files, payload);
    } else if (volume.has("secret")) {
      JsonNode secret = volume.path("secret");
      files.secret(secret, secret.path("secretName").asString(""), mode(secret));
    } else if (volume.has("configMap")) {
      files.configMap(volume.path("configMap"), mode(volume.path("configMap")));
    } else {
      files.downward(volume.path("downwardAPI"), mode(volume.path("downwardAPI")));
    }
    Path target = directory.resolve("kubernetes.io~" + type).resolve(name);
    Files.createDirectories(target);
    if (!type.equals("configmap") && services.privileged() && !Payload.written(target)) {
      Mounts.memory(target, memory(context, null)); // nothing secret on a disk
    }
    payload.write(target, clock.instant());
    return target.toRealPath();
  }

  private Path hostPath(PodContext context, String name, JsonNode source)
      throws IOException, VolumeException {
    String path = source.path("path").asString("");
    Path real =
        new HostPathVolume(
                path, source.path("type").asString(""), VolumeUse.written(context.spec(), name))
            .prepare(services.hostPaths());
    if (services.hostPaths().readOnly(real)) {
      String only = "hostPath " + path + " may be mounted read-only only on this node, ";
      if (VolumeUse.propagated(context.spec(), name)) {
        throw new VolumeException(
            only
                + "so without mountPropagation: what comes to be mounted in it later would be"
                + " writable");
      }
      // A CRI runtime makes a mount read-only, not what is mounted in it.
      List<Path> inside =
          services.runtime(context.spec()).hostProcesses() ? List.of() : Mounts.below(real);
      if (!inside.isEmpty()) {
        throw new VolumeException(
            only
                + "and the container runtime cannot keep it from writing to "
                + inside
                + ", which is mounted in it: name a directory without mounts");
      }
    }
    return real;
  }

  private static String kindOf(JsonNode volume) {
    return volume.propertyNames().stream()
        .filter(member -> !member.equals("name"))
        .findFirst()
        .orElse("none");
  }

  private Path emptyDir(PodContext context, String name, JsonNode source)
      throws IOException, VolumeException {
    Path path = directory.resolve("kubernetes.io~empty-dir").resolve(name);
    if (!Files.exists(path)) {
      // Under another name until it is whole: what a crash leaves half done is made anew.
      Path fresh = path.resolveSibling("." + name + ".new");
      Trees.remove(fresh);
      Files.createDirectories(fresh);
      Files.setPosixFilePermissions(fresh, Payload.permissions(0777));
      giveToGroup(context, fresh);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    }
    String medium = source.path("medium").asString("");
    if (!medium.isEmpty() && mounted.add(name)) {
      mount(context, path, medium, source);
    }
    return path.toRealPath();
  }

  private void mount(PodContext context, Path path, String medium, JsonNode source)
      throws IOException, VolumeException {
    if (!services.privileged()) {
      throw new VolumeException(
          "emptyDir with medium " + medium + " needs an agent that runs as root");
    }
    if (medium.equals(MEMORY)) {
      Mounts.memory(path, memory(context, source.path("sizeLimit").asString("")));
    } else if (medium.startsWith(HUGE_PAGES)) {
      Mounts.hugePages(path, HugePages.size(context.spec(), medium));
      Files.setPosixFilePermissions(path, Payload.permissions(0777));
    } else {
      throw new VolumeException("unknown storage medium \"" + medium + "\"");
    }
    giveToGroup(context, path); // A tmpfs is 01777 by itself, and stays so as with the kubelet.
  }

  /** The least of what the node has, what the pod may use in all, and what it asks for; bytes. */
  private static long memory(PodContext context, @Nullable String sizeLimit) {
    long size = context.allocatable().memory();
    long pod = PodMemory.limit(context.spec());
    if (pod > 0 && (size <= 0 || pod <= size)) {
      size = pod;
    }
    long own = sizeLimit == null || sizeLimit.isEmpty() ? 0 : Quantity.parse(sizeLimit).value();
    return own > 0 && (size <= 0 || own <= size) ? own : size;
  }

  private static @Nullable Long group(PodContext context) {
    JsonNode group = context.spec().path("securityContext").path("fsGroup");
    return group.isIntegralNumber() ? Long.valueOf(group.longValue()) : null;
  }

  private static void giveToGroup(PodContext context, Path path) throws IOException {
    Long group = group(context);
    if (group != null) {
      Trees.giveToGroup(path, group, GROUP_DIRECTORY, GROUP_FILE);
    }
  }

  private void projected(
      PodContext context, String volume, JsonNode projected, VolumeFiles files, Payload payload)
      throws VolumeException {
    int mode = mode(projected);
    boolean issued = true;
    for (JsonNode source : projected.path("sources")) {
      if (source.has("serviceAccountToken")) {
        issued = token(context, source.path("serviceAccountToken"), mode, payload);
      } else if (source.has("configMap")) {
        // Without tokens the injected volume has no use, and nothing to wait for.
        boolean wait = issued || !volume.startsWith("kube-api-access-");
        JsonNode map = source.path("configMap");
        if (wait
            || references.configMap(context.namespace(), map.path("name").asString("")) != null) {
          files.configMap(map, mode);
        }
      } else if (source.has("secret")) {
        JsonNode secret = source.path("secret");
        files.secret(secret, secret.path("name").asString(""), mode);
      } else if (source.has("downwardAPI")) {
        files.downward(source.path("downwardAPI"), mode);
      } else {
        throw new VolumeException(
            "projected source " + kindOf(source) + " is not supported on this node");
      }
    }
  }

  private boolean token(PodContext context, JsonNode source, int mode, Payload payload)
      throws VolumeException {
    String path = source.path("path").asString("token");
    String audience = source.path("audience").asString("");
    long seconds = source.path("expirationSeconds").asLong(3600);
    String asked = audience + " " + seconds; // Two volumes may have files of the same name.
    Token held = tokens.get(asked);
    if (held == null || !clock.instant().isBefore(held.renewAt())) {
      AccountToken fresh = references.token(context, audience, seconds);
      if (fresh == null) {
        notices.add(
            "The API server issues no service account tokens, so the pod runs without one; set"
                + " automountServiceAccountToken: false if it needs none");
        return false;
      }
      held = new Token(fresh.text(), fresh.renewAt(clock.instant()));
      tokens.put(asked, held);
    }
    // Only for those who need it: for all users of the pod where they are one, or have a group.
    Long user = VolumeUse.onlyUser(context.spec());
    boolean closed = user != null || group(context) != null;
    payload.add(
        path, held.text().getBytes(StandardCharsets.UTF_8), closed ? TOKEN_MODE : mode, user);
    return true;
  }

  private static int mode(JsonNode source) {
    return source.path("defaultMode").asInt(DEFAULT_MODE);
  }
}
