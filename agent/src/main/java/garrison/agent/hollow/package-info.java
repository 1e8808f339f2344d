/** Simulated nodes: real to the API server, with nothing behind them. */
@NullMarked
package garrison.agent.hollow;

import org.jspecify.annotations.NullMarked;
