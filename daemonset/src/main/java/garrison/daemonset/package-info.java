/**
 * The decisions about DaemonSets: functions from values to values, without I/O, clock or threads.
 *
 * <p>The tour: {@link garrison.daemonset.Eligibility} judges a node and gives a {@link
 * garrison.daemonset.Verdict} with its {@link garrison.daemonset.Reason}s. {@link
 * garrison.daemonset.PodTemplate} makes the pod for a node. {@link
 * garrison.daemonset.RevisionHistory} sorts ControllerRevisions and says which to create and drop.
 * {@link garrison.daemonset.Fleet} holds one small slot for each node, takes observations and gives
 * {@link garrison.daemonset.Action}s, each with its {@link garrison.daemonset.Why}; a {@link
 * garrison.daemonset.RolloutPlan} chooses among the nodes that wait for an update. {@code explain}
 * puts these decisions into words, {@code plan} makes them for a change that is not made yet.
 */
@NullMarked
package garrison.daemonset;

import org.jspecify.annotations.NullMarked;
