/**
 * Kubernetes events: told once, counted when repeated, never in the way of the work they tell of.
 */
@NullMarked
package garrison.client.events;

import org.jspecify.annotations.NullMarked;
