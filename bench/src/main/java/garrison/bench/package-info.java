/**
 * How fast Garrison is, measured by a command that anybody can run ({@code bench/run}).
 *
 * <p>Start at {@link garrison.bench.Main}. {@code fleet} starts the real program in a process of
 * its own with a fleet of simulated nodes, and times what a user waits for, as a client over HTTPS.
 * {@code engine} has the JMH benches of the decisions alone. docs/performance.md holds the figures.
 */
@NullMarked
package garrison.bench;

import org.jspecify.annotations.NullMarked;
