/** Who asks, and what they may do. */
@NullMarked
package garrison.apiserver.auth;

import org.jspecify.annotations.NullMarked;
