/** Containers as supervised host processes under the launcher in C (spec: node-agent 4). */
@NullMarked
package garrison.agent.process;

import org.jspecify.annotations.NullMarked;
