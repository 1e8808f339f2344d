/** To be written: the tour of this module. */
@NullMarked
package garrison.client;

import org.jspecify.annotations.NullMarked;
