/**
 * JMH benches of the decisions alone: no server, no network, no disk. Start at {@link
 * garrison.bench.engine.EngineCommand}; {@code ServedFleet} is the fleet they work on, {@code
 * ServedReference} the same by the rules' text, {@code SlotMemory} weighs it.
 */
@NullMarked
package garrison.bench.engine;

import org.jspecify.annotations.NullMarked;
