/** To be written: the tour of this module. */
@NullMarked
package garrison.agent;

import org.jspecify.annotations.NullMarked;
