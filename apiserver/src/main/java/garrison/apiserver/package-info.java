/** To be written: the tour of this module. */
@NullMarked
package garrison.apiserver;

import org.jspecify.annotations.NullMarked;
