/**
 * One kind's objects in memory: {@code Reflector} keeps a {@code Cache} equal to the server, {@code
 * Handler}s hear of each change, an {@code Index} finds by node, owner or whatever else.
 */
@NullMarked
package garrison.client.cache;

import org.jspecify.annotations.NullMarked;
