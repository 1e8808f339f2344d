/**
 * How everything but the API server itself reaches an API server. A tour:
 *
 * <ol>
 *   <li>{@link garrison.client.Cluster} is the port: read, write, watch, as one user. Whoever holds
 *       one cannot tell whether the server is in the same process.
 *   <li>{@code http}: the port over HTTPS. {@code HttpCluster} makes requests of calls, {@code
 *       Transport} carries them, {@code HttpWatch} reads a watch line by line, {@code Join} makes a
 *       machine known to a fleet.
 *   <li>{@code cache}: a {@code Reflector} lists, then watches, and starts over when the server
 *       forgot where it was; its {@code Cache} is what loops read, and tells handlers of changes.
 *   <li>{@code queue}: {@code WorkQueue} hands keys to workers, one worker a key, again with
 *       growing delays after a failure.
 *   <li>{@code events}: {@code EventRecorder} writes events and counts repetitions up instead of
 *       writing them again.
 * </ol>
 *
 * <p>Documents that come out of here are shared by all who read them: copy before changing.
 */
@NullMarked
package garrison.client;

import org.jspecify.annotations.NullMarked;
