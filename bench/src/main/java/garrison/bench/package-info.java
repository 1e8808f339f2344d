/** To be written: the tour of this module. */
@NullMarked
package garrison.bench;

import org.jspecify.annotations.NullMarked;
