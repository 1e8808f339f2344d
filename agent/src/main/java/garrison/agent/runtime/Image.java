package garrison.agent.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image on the node. Immutable.
 *
 * @param id as the runtime names it
 * @param tags its names with tags
 * @param digests its names with digests
 * @param size in bytes
 * @param uid of the user it runs as; null where it has a name or none
 * @param username of the user it runs as; empty where it has a uid or none
 */
public record Image(
    String id,
    List<String> tags,
    List<String> digests,
    long size,
    @Nullable Long uid,
    String username) {}
