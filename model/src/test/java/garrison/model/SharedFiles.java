package garrison.model;

import garrison.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** The specification and the manifests beside the checkout, where they are there. */
public final class SharedFiles {
  private static final Path FOLDER = find();

  private SharedFiles() {}

  private static Path find() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
    }
    return folder == null ? Path.of("shared") : folder.resolveSibling("shared");
  }

  /** Whether they are there. */
  public static boolean present() {
    return Files.isDirectory(FOLDER.resolve("spec"));
  }

  /** Where a file of them is. */
  public static Path path(String name) {
    return FOLDER.resolve(name);
  }

  /** One of their JSON files. */
  public static JsonNode json(String name) {
    try {
      return Json.parse(Files.readAllBytes(path(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
