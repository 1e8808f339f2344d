package garrison.agent;

import garrison.agent.node.Reservations;
import garrison.agent.volume.HostPathGuard;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a machine decides about its node, whatever the API server says. Immutable.
 *
 * @param manifests directory of static pods (or a single manifest), null for none; need not be
 *     there yet
 * @param hostPaths which paths pods may mount
 * @param reserved what is kept from pods
 */
public record OwnerPolicy(
    @Nullable Path manifests, HostPathGuard hostPaths, Reservations reserved) {
  /** Where a machine's static pods usually are. */
  public static final Path MANIFESTS = Path.of("/etc/kubernetes/manifests");

  /** Nothing decided. */
  public static final OwnerPolicy NONE =
      new OwnerPolicy(null, HostPathGuard.NONE, Reservations.NONE);

  /** With the static pods of that directory. */
  public OwnerPolicy withManifests(Path other) {
    return new OwnerPolicy(other.toAbsolutePath().normalize(), hostPaths, reserved);
  }

  /** With these paths for pods. */
  public OwnerPolicy withHostPaths(HostPathGuard other) {
    return new OwnerPolicy(manifests, other, reserved);
  }

  /** With this kept from pods. */
  public OwnerPolicy withReserved(Reservations other) {
    return new OwnerPolicy(manifests, hostPaths, other);
  }
}
