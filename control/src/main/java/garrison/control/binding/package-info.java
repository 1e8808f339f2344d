/**
 * Which node a pod goes to (spec: daemonset 9.1, 9.2).
 *
 * <ol>
 *   <li>{@code Demand} is what a pod asks for, {@code Occupant} what is kept of one that has it;
 *       {@code Ledger} knows what all nodes carry.
 *   <li>{@code Filters} decide about one node, {@code NeighbourRules} about those around it; {@code
 *       Diagnosis} and {@code Explanation} say why none will do.
 *   <li>{@code Preemption} chooses who makes room.
 *   <li>{@code BindingLoop} does it; {@code Parked} pods wait for a change that may help them.
 * </ol>
 */
@NullMarked
package garrison.control.binding;

import org.jspecify.annotations.NullMarked;
