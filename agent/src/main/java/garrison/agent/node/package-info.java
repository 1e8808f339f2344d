/** The node itself: registration, lease, conditions and status (spec: node-agent 2). */
@NullMarked
package garrison.agent.node;

import org.jspecify.annotations.NullMarked;
