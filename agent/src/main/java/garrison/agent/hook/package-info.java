/** What runs at the start and before the end of a container (spec: node-agent 3.4, 3.8). */
@NullMarked
package garrison.agent.hook;

import org.jspecify.annotations.NullMarked;
