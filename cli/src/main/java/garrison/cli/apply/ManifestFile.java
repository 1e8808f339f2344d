package garrison.cli.apply;

import garrison.model.json.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the objects of a manifest: YAML or JSON, several documents, lists unfolded. */
public final class ManifestFile {
  private ManifestFile() {}

  /**
   * The objects of a file, or of all {@code .yaml}, {@code .yml} and {@code .json} files of a
   * folder, in their order.
   *
   * @throws IOException where it cannot be read
   * @throws IllegalArgumentException with a sentence that names the file, where it is malformed
   */
  public static List<ObjectNode> read(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      List<ObjectNode> objects = new ArrayList<>();
      try (var files = Files.list(path)) {
        for (Path file : files.filter(ManifestFile::isManifest).sorted().toList()) {
          objects.addAll(read(file));
        }
      }
      return objects;
    }
    List<ObjectNode> objects = new ArrayList<>();
    try {
      for (JsonNode document : Yaml.documents(Files.readString(path))) {
        unfold(path, document, objects);
      }
    } catch (Yaml.MalformedException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
    return objects;
  }

  private static boolean isManifest(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  private static void unfold(Path path, JsonNode document, List<ObjectNode> objects) {
    if (document.isNull() || document.isMissingNode() || document.isEmpty()) {
      return;
    }
    if (!(document instanceof ObjectNode object)) {
      throw new IllegalArgumentException(path + ": a document is no object");
    }
    if (object.path("kind").asString("").endsWith("List") && object.path("items").isArray()) {
      for (JsonNode item : object.path("items")) {
        unfold(path, item, objects);
      }
      return;
    }
    for (String name : List.of("apiVersion", "kind")) {
      if (object.path(name).asString("").isEmpty()) {
        throw new IllegalArgumentException(path + ": an object has no " + name);
      }
    }
    objects.add(object);
  }
}
