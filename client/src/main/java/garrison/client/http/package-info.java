/**
 * The way to a distant API server: HTTP/2 on the Vert.x stack, credentials from fabric8's {@code
 * Config}, documents decoded straight into Jackson 3 trees.
 */
@NullMarked
package garrison.client.http;

import org.jspecify.annotations.NullMarked;
