/**
 * Keeps the status of PodDisruptionBudgets, from which evictions take (spec: daemonset 9.7).
 *
 * <ol>
 *   <li>{@code Tallies} count the pods of every budget as they change: a change of one pod costs
 *       the same whatever a budget covers.
 *   <li>{@code Expectation} decides how many pods there should be, by {@code Scales} where that is
 *       for their owners to say; {@code Announced} what became of the pods that evictions were
 *       about to delete; {@code BudgetStatus} the status that follows.
 *   <li>{@code DisruptionLoop} writes it, and takes back marks of evictions that never came ({@code
 *       StaleTarget}).
 * </ol>
 */
@NullMarked
package garrison.control.disruption;

import org.jspecify.annotations.NullMarked;
