/**
 * The port between pod workers and whatever runs containers: host processes today, a CRI runtime
 * next.
 */
@NullMarked
package garrison.agent.runtime;

import org.jspecify.annotations.NullMarked;
