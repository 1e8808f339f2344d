/**
 * Sessions in the containers of a container runtime: its streaming server is joined by SPDY/3.1,
 * the one protocol that every such server speaks and that can tell the end of input (spec:
 * node-agent 3.15). The framing is Netty's.
 */
@NullMarked
package garrison.agent.streaming;

import org.jspecify.annotations.NullMarked;
