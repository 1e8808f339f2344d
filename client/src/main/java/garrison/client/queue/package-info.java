/**
 * The work queue of the loops, as layers: {@code KeyQueue} (each key once, one worker at a time),
 * {@code DelayedAdds} (later), {@code RetryDelays} (slower after failures), {@code WorkQueue} (all
 * of them) and {@code Workers} (who take from it).
 */
@NullMarked
package garrison.client.queue;

import org.jspecify.annotations.NullMarked;
