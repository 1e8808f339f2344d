package garrison.agent.process;

import garrison.agent.file.Trees;
import garrison.agent.runtime.Sandbox;
import garrison.model.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The files of the process runtime:
 *
 * <pre>
 * sandboxes/ID/sandbox.json
 * sandboxes/ID/containers/ID/container.json   the record
 *                            state, control   of the launcher
 * exits/ID                                    of the launcher, or of an agent that found it gone
 * discarded/                                  on their way out
 * </pre>
 */
final class Layout {
  private static final Logger log = LoggerFactory.getLogger(Layout.class);

  private final Path root;

  private Layout(Path root) {
    this.root = root;
  }

  static Layout open(Path root) throws IOException {
    Path real = Directories.secret(root).toRealPath();
    Layout layout = new Layout(real);
    Files.createDirectories(real.resolve("sandboxes"));
    Files.createDirectories(layout.exits());
    Trees.remove(real.resolve("discarded"));
    Files.createDirectories(real.resolve("discarded"));
    return layout;
  }

  Path exits() {
    return root.resolve("exits");
  }

  Path exit(Path container) {
    return exits().resolve(name(container));
  }

  Path sandbox(String id) {
    return root.resolve("sandboxes").resolve(id);
  }

  Path container(String sandbox, String id) {
    return sandbox(sandbox).resolve("containers").resolve(id);
  }

  List<Path> sandboxes() throws IOException {
    return children(root.resolve("sandboxes"));
  }

  List<Path> containers(String sandbox) throws IOException {
    return children(sandbox(sandbox).resolve("containers"));
  }

  /** Two agents of one name on a machine (two data directories) must not share cgroups. */
  String cgroupName(String node) {
    UUID hash = UUID.nameUUIDFromBytes(root.toString().getBytes(StandardCharsets.UTF_8));
    return node + "-" + hash.toString().substring(0, 8);
  }

  /** Moves a directory out of the way in one step, and answers where it is now. */
  Path discard(Path directory) throws IOException {
    Path to = root.resolve("discarded").resolve(UUID.randomUUID().toString());
    try {
      Files.move(directory, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      log.debug("{} is gone already", directory);
    }
    return to;
  }

  void writeSandbox(Sandbox sandbox, String bootId) throws IOException {
    Path directory = Directories.secret(sandbox(sandbox.id()));
    write(
        directory.resolve("sandbox.json"),
        Json.object()
            .put("id", sandbox.id())
            .put("namespace", sandbox.namespace())
            .put("name", sandbox.name())
            .put("uid", sandbox.uid())
            .put("attempt", sandbox.attempt())
            .put("createdAt", sandbox.createdAt().toString())
            .put("bootId", bootId));
  }

  /** Null for one that was never written whole. A restart of the machine ends all sandboxes. */
  @Nullable Sandbox readSandbox(Path directory, String bootId) throws IOException {
    JsonNode document = read(directory.resolve("sandbox.json"));
    if (document == null) {
      return null;
    }
    return new Sandbox(
        document.path("id").asString(),
        document.path("namespace").asString(),
        document.path("name").asString(),
        document.path("uid").asString(),
        document.path("attempt").asInt(),
        document.path("bootId").asString().equals(bootId),
        Instant.parse(document.path("createdAt").asString()),
        List.of(),
        true);
  }

  void writeContainer(Path directory, ContainerRecord record) throws IOException {
    Directories.secret(directory);
    write(directory.resolve("container.json"), record.toDocument());
  }

  @Nullable ContainerRecord readContainer(Path directory) throws IOException {
    JsonNode document = read(directory.resolve("container.json"));
    return document == null ? null : ContainerRecord.of(document);
  }

  Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " has no directory");
    }
    return parent;
  }

  String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return children;
  }

  private static void write(Path file, JsonNode document) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
    Files.write(fresh, Json.bytes(document));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static @Nullable JsonNode read(Path file) throws IOException {
    try {
      return Json.parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return null;
    } catch (JacksonException e) {
      log.warn("{} is not whole and counts as absent: {}", file, e.getOriginalMessage());
      return null;
    }
  }
}
