/** To be written. */
@NullMarked
package garrison.model.json;

import org.jspecify.annotations.NullMarked;
