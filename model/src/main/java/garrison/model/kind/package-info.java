/** To be written. */
@NullMarked
package garrison.model.kind;

import org.jspecify.annotations.NullMarked;
