/** What the agent's packages do with files alike. */
@NullMarked
package garrison.agent.file;

import org.jspecify.annotations.NullMarked;
