/**
 * Deletes what nobody owns any more (spec: api-server 10.5): {@code OwnerGraph} knows who owns
 * whom, {@code Claims} tells living owners from dead ones, {@code OwnerGcLoop} does it.
 */
@NullMarked
package garrison.control.ownergc;

import org.jspecify.annotations.NullMarked;
