/**
 * Sends pods away from nodes with NoExecute taints they do not tolerate, or no longer (spec:
 * daemonset 9.4).
 */
@NullMarked
package garrison.control.eviction;

import org.jspecify.annotations.NullMarked;
