/**
 * The present state in memory, its recent history, and the watches that follow it (spec: api-server
 * 9).
 */
@NullMarked
package garrison.apiserver.watch;

import org.jspecify.annotations.NullMarked;
