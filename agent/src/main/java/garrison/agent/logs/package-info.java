/** What the agent serves: container logs and health, over mutual TLS (spec: node-agent 3.15). */
@NullMarked
package garrison.agent.logs;

import org.jspecify.annotations.NullMarked;
