/** To be written: the tour of this module. */
@NullMarked
package garrison.model;

import org.jspecify.annotations.NullMarked;
