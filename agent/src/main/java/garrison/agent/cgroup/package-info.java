/**
 * The kernel's cgroups, of both versions: where they are, what a limit looks like, how one goes.
 */
@NullMarked
package garrison.agent.cgroup;

import org.jspecify.annotations.NullMarked;
