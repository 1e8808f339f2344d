/**
 * Deletes pods that nobody else will: of lost nodes, and ended ones that pile up (spec: daemonset
 * 9.6).
 */
@NullMarked
package garrison.control.podgc;

import org.jspecify.annotations.NullMarked;
