/**
 * Probes of containers (spec: node-agent 3.7). {@link garrison.agent.probe.Probe} is what a pod
 * asks for, {@link garrison.agent.probe.ProbeState} decides, {@link garrison.agent.probe.Checks}
 * asks the container, {@link garrison.agent.probe.ContainerProbes} keeps the time, and {@link
 * garrison.agent.probe.PodProbes} is what a pod worker sees of it.
 */
@NullMarked
package garrison.agent.probe;

import org.jspecify.annotations.NullMarked;
