/**
 * The node. A tour, along the way of a pod:
 *
 * <ol>
 *   <li>{@link garrison.agent.Agent} puts one node together: {@link garrison.agent.AgentConfig}
 *       says how, {@link garrison.agent.AgentIdentity} who it is.
 *   <li>{@code node}: {@code NodeLife} registers the machine ({@code MachineFacts}, {@code
 *       NodeDocument}), renews its lease and reports its conditions.
 *   <li>{@code statics}: pods that files of the machine define; {@code MirrorPods} shows them at
 *       the API.
 *   <li>{@code pod}: {@code PodWorkers} follows the pods bound to the node. Each gets a {@code
 *       PodWorker}: {@code Admission} takes it or not, {@code PodSync} makes passes over it ({@code
 *       Volumes}, {@code ContainerPlan}, {@code RestartDecision}), {@code PodStop} ends it, {@code
 *       PodStatus} says how it is, and {@code StatusSender} tells the server.
 *   <li>{@code probe} and {@code hook}: what asks a running container how it is, and what runs at
 *       its start and before its end.
 *   <li>{@code runtime}: the port {@code Runtime} below which containers run, shaped after the CRI;
 *       {@code Runtimes} has one for each kind of pod.
 *   <li>{@code process}: containers as host processes. {@code ProcessRuntime} keeps a directory for
 *       each; the launcher in C ({@code src/main/c}) is the parent that outlives the agent, writes
 *       the log and records the end.
 *   <li>{@code cri}: containers of a runtime such as containerd. {@code CriRuntime} asks it over
 *       its socket, and keeps nothing that it knows; {@code image} brings images to the node.
 *   <li>{@code cgroup}: the kernel's limits, for both.
 *   <li>{@code logs}: reads those logs, and serves them to the API server.
 *   <li>{@code session}: commands and streams in running containers, over WebSocket; for a process
 *       by a launcher of its own, for a container by {@code streaming}, which joins its runtime.
 *   <li>{@code hollow}: nodes that only say that they run pods, thousands in one process.
 * </ol>
 *
 * <p>What decides is pure and stands alone ({@code Admission}, {@code RestartDecision}, {@code
 * PodStatus}, {@code Unsupported}, {@code HollowPod}); what acts is idempotent: after a crash at
 * any line the next pass, or the next agent, does what is missing.
 */
@NullMarked
package garrison.agent;

import org.jspecify.annotations.NullMarked;
