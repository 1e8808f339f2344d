/** To be written: the tour of this module. */
@NullMarked
package garrison.store;

import org.jspecify.annotations.NullMarked;
