/** To be written: the tour of this module. */
@NullMarked
package garrison.cli;

import org.jspecify.annotations.NullMarked;
