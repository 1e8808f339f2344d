/**
 * One of several programs acts at a time: {@code LeaderElector} holds a Lease as Kubernetes' own
 * components do, {@code Fence} lets calls through only while it is held.
 */
@NullMarked
package garrison.control.leader;

import org.jspecify.annotations.NullMarked;
