/**
 * The loops. Each observes through caches, asks a pure decision, and acts through {@link
 * garrison.client.Cluster}; none keeps a state that it could not find again after a crash.
 *
 * <ol>
 *   <li>{@link garrison.control.Controllers} puts them together for a stand-alone fleet; {@code
 *       Informers} are the caches that they share, {@code Loop} is what one is to the outside.
 *   <li>{@code daemonset}: hands every event to {@code garrison.daemonset.Fleet}, carries out what
 *       comes back, keeps revisions and status.
 *   <li>{@code replace}: the same loop as the only DaemonSet controller of an existing Kubernetes,
 *       one at a time by the lease of {@code leader}.
 *   <li>{@code binding}: gives each pod its node ({@code Filters} over a {@code Ledger} of what
 *       every node has left), or says why not.
 *   <li>{@code nodelifecycle}: turns silence of a node's lease into conditions and taints.
 *   <li>{@code eviction}: removes pods that do not tolerate a NoExecute taint, when their time is
 *       over.
 *   <li>{@code disruption}: keeps the status of PodDisruptionBudgets, from which evictions take.
 *   <li>{@code podgc} and {@code ownergc}: remove what belongs to nodes and owners that are gone.
 *   <li>{@code namespaces}: what a new namespace gets, and how one ends.
 * </ol>
 */
@NullMarked
package garrison.control;

import org.jspecify.annotations.NullMarked;
