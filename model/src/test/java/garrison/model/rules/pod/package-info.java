@NullMarked
package garrison.model.rules.pod;

import org.jspecify.annotations.NullMarked;
