/**
 * Which node a pod goes to: {@code Filters} decide about one node, {@code Ledger} knows what all
 * nodes carry, {@code BindingLoop} does it (spec: daemonset 9.1).
 */
@NullMarked
package garrison.control.binding;

import org.jspecify.annotations.NullMarked;
