package garrison.cli;

import garrison.cli.apply.ManifestFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The objects of the files that a command was given with {@code -f}. */
final class Manifests {
  private Manifests() {}

  /**
   * Reads them all, in their order.
   *
   * @throws CommandFailure where one cannot be read
   */
  static List<ObjectNode> read(List<Path> files) {
    List<ObjectNode> manifests = new ArrayList<>();
    for (Path file : files) {
      try {
        manifests.addAll(ManifestFile.read(file));
      } catch (IOException e) {
        throw new CommandFailure(file + " cannot be read: name a file that is there with -f", e);
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(String.valueOf(e.getMessage()), e);
      }
    }
    return manifests;
  }
}
