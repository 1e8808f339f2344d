/** To be written: the tour of this module. */
@NullMarked
package garrison.daemonset;

import org.jspecify.annotations.NullMarked;
