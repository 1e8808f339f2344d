/**
 * The fleet bench: the real program, a fleet of simulated nodes, a client that waits on watches.
 * Start at {@link garrison.bench.fleet.FleetCommand}; {@code Round} is what is timed.
 */
@NullMarked
package garrison.bench.fleet;

import org.jspecify.annotations.NullMarked;
