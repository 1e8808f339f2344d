/** From a pod document to running containers and back to its status (spec: node-agent 3). */
@NullMarked
package garrison.agent.pod;

import org.jspecify.annotations.NullMarked;
