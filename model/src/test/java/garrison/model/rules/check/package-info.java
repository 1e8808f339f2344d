@NullMarked
package garrison.model.rules.check;

import org.jspecify.annotations.NullMarked;
