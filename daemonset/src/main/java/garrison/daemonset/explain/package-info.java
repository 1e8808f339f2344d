/**
 * Why each node has, lacks or keeps a pod of a DaemonSet, and what a person can do about it: the
 * engine's own decisions and what was observed, put in the order in which to act.
 *
 * <p>The tour: {@link garrison.daemonset.explain.Observed} is what was read, {@link
 * garrison.daemonset.explain.Explainer} turns it into an {@link
 * garrison.daemonset.explain.Explanation}: for each node a {@link
 * garrison.daemonset.explain.NodeFinding} with its {@link garrison.daemonset.explain.Cause}s, each
 * with its {@link garrison.daemonset.explain.Fix}es. The causes come from one class for each moment
 * of a pod's life: {@code EligibilityCauses}, {@code CreationCauses}, {@code SchedulingCauses},
 * {@code NodeCauses}, {@code AdmissionCauses}, {@code ContainerCauses}, {@code ReadinessCauses},
 * {@code EndingCauses}, {@code TurnCauses}.
 */
@NullMarked
package garrison.daemonset.explain;

import org.jspecify.annotations.NullMarked;
