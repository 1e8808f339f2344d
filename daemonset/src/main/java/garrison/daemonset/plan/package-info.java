/**
 * What a change of a DaemonSet would do, told beforehand: {@link
 * garrison.daemonset.plan.Simulation} runs the engine's own {@link garrison.daemonset.Fleet}
 * through time that does not pass, with pods that start and end as those before them did ({@link
 * garrison.daemonset.plan.PodTimes}), and writes down which nodes it acts on, and when, as a {@link
 * garrison.daemonset.plan.Forecast}.
 */
@NullMarked
package garrison.daemonset.plan;

import org.jspecify.annotations.NullMarked;
