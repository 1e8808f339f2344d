package garrison.agent.pod;

import garrison.agent.runtime.ContainerSpec.Mount;
import garrison.agent.runtime.ContainerSpec.Propagation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Files of a pod's directory that the agent itself puts into containers (spec: node-agent 3.11):
 * {@code etc-hosts}, one for the pod, and {@code containers/NAME/HEX} for what a container says
 * when it ends, a new one for each start.
 */
final class PodFiles {
  private static final String HOSTS = "/etc/hosts";
  private static final String DEFAULT_MESSAGE = "/dev/termination-log";
  private static final String STANDARD =
      """
      # Kubernetes-managed hosts file.
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::0\tip6-localnet
      fe00::0\tip6-mcastprefix
      fe00::1\tip6-allnodes
      fe00::2\tip6-allrouters
      """;

  private PodFiles() {}

  /** Makes both for a container that is about to start, as mounts in it. */
  static List<Mount> mounts(
      PodContext context, JsonNode container, int attempt, Path podDirectory, String domain)
      throws IOException {
    List<Mount> mounts = new ArrayList<>();
    if (!mountsItself(container, HOSTS)) {
      Path hosts = podDirectory.resolve("etc-hosts");
      write(hosts, hosts(context, domain, nodeHosts()), "rw-r--r--");
      mounts.add(new Mount(hosts.toString(), HOSTS, false, Propagation.PRIVATE));
    }
    String target = container.path("terminationMessagePath").asString(DEFAULT_MESSAGE);
    if (!target.isEmpty() && !mountsItself(container, target)) {
      Path message = message(podDirectory, container.path("name").asString(""), attempt);
      write(message, "", "rw-rw-rw-");
      mounts.add(new Mount(message.toString(), target, false, Propagation.PRIVATE));
    }
    return mounts;
  }

  /** Where a container's last words are. */
  static Path message(Path podDirectory, String container, int attempt) {
    return podDirectory
        .resolve("containers")
        .resolve(container)
        .resolve(String.format("%08x", attempt));
  }

  private static boolean mountsItself(JsonNode container, String path) {
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount.path("mountPath").asString("").equals(path)) {
        return true;
      }
    }
    return false;
  }

  private static String nodeHosts() throws IOException {
    try {
      return Files.readString(Path.of(HOSTS));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** The pod's /etc/hosts; {@code node} is the node's. */
  static String hosts(PodContext context, String domain, String node) {
    StringBuilder text = new StringBuilder();
    if (context.hostNetwork()) {
      text.append("# Kubernetes-managed hosts file (host network).\n").append(node);
    } else {
      text.append(STANDARD);
      PodHostname hostname = PodHostname.of(context, domain);
      String names =
          hostname.full().isEmpty() ? hostname.name() : hostname.full() + '\t' + hostname.name();
      context.podIps().forEach(ip -> text.append(ip).append('\t').append(names).append('\n'));
    }
    JsonNode aliases = context.spec().path("hostAliases");
    if (!aliases.isEmpty()) {
      text.append("\n# Entries added by HostAliases.\n");
      for (JsonNode alias : aliases) {
        text.append(alias.path("ip").asString(""));
        alias.path("hostnames").forEach(name -> text.append('\t').append(name.asString("")));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private static Path folder(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " has no directory");
    }
    return folder;
  }

  /** Anew, but as the same file where containers have it mounted already. */
  private static void write(Path file, String text, String mode) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return;
    }
    Files.createDirectories(folder(file));
    if (Files.exists(file)) {
      Files.write(file, bytes);
      return;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(fresh, bytes);
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
