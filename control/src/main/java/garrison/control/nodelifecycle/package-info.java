/**
 * Watches over the nodes: {@code Heartbeats} know when each was last heard of, {@code
 * NodeConditions} and {@code ConditionTaints} decide what a silent or sick node is given, {@code
 * Zones} how fast, {@code NodeLifecycleLoop} does it (spec: daemonset 9.3).
 */
@NullMarked
package garrison.control.nodelifecycle;

import org.jspecify.annotations.NullMarked;
