/**
 * Containers of a runtime that speaks the Container Runtime Interface over a unix socket, such as
 * containerd and CRI-O (spec: node-agent 1).
 *
 * <ol>
 *   <li>{@code Channel} makes the calls: gRPC over HTTP/2 with deadlines; {@code Rpc} names them,
 *       {@code RpcFailure} is what goes wrong. The messages are generated from {@code
 *       src/main/proto/cri.proto}.
 *   <li>{@code CriRuntime} is the port {@code garrison.agent.runtime.Runtime} on those calls. It
 *       keeps nothing that the runtime knows: after a restart the labels of sandboxes and
 *       containers say whose they are.
 *   <li>{@code SandboxMessages}, {@code ContainerMessages} and {@code CriViews} translate; {@code
 *       CriHealth} says whether the runtime is well, {@code Relist} what has changed.
 *   <li>{@code CriEndpoint} finds the socket.
 * </ol>
 */
@NullMarked
package garrison.agent.cri;

import org.jspecify.annotations.NullMarked;
