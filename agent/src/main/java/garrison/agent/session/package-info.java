/**
 * Sessions in containers, as the API server asks for them over WebSocket: {@code kubectl exec},
 * {@code attach} and {@code cp} (spec: api-server 14.2, node-agent 3.15).
 */
@NullMarked
package garrison.agent.session;

import org.jspecify.annotations.NullMarked;
