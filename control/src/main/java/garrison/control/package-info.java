/** To be written: the tour of this module. */
@NullMarked
package garrison.control;

import org.jspecify.annotations.NullMarked;
