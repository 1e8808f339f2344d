/** What {@code garrison controller} shows of itself: health and metrics, on a port of its own. */
@NullMarked
package garrison.cli.controller;

import org.jspecify.annotations.NullMarked;
