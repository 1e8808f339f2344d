package garrison.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a machine decides about its node, whatever the API server says. Immutable.
 *
 * @param manifests directory of static pods (or a single manifest), null for none; need not be
 *     there yet
 */
public record OwnerPolicy(@Nullable Path manifests) {
  /** Where a machine's static pods usually are. */
  public static final Path MANIFESTS = Path.of("/etc/kubernetes/manifests");

  /** Nothing decided. */
  public static final OwnerPolicy NONE = new OwnerPolicy(null);

  /** With the static pods of that directory. */
  public OwnerPolicy withManifests(Path other) {
    return new OwnerPolicy(other.toAbsolutePath().normalize());
  }
}
